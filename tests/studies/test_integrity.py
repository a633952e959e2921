"""PUB-14: what happened to a paper shows at once on every page that cites it, and is never forgotten."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import StudySection
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.audit.recording import first_break
from stemsite.publishing.gate import findings
from stemsite.publishing.models import Notice
from studies.board import board
from studies.freezing import freeze_study
from studies.integrity import end_event, record_event
from studies.models import IntegrityEvent
from studies.rendering import integrity_of
from tests.factories import (
    make_guide,
    make_plain_page,
    make_reference,
    make_study,
    make_user,
    publish,
    sign_and_publish,
)
from tests.stored import keep, read, stored

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_retraction_shows_at_once_on_every_page_that_cites_the_paper_and_on_no_other(clinic, owner):
    """PUB-03, PUB-14: the frozen version does not move; pages that do not depend on the paper keep their bytes."""
    reference = make_reference()
    guide, study = make_guide(citing=reference.pk), make_study(primary=reference)
    other, plain = make_study(), make_plain_page()
    for page in (guide, study, other):
        sign_and_publish(page)
    publish(plain)
    version = guide.live_version_id
    citing = (guide.live_path, study.live_path, "/studies/")
    before = keep(*citing, other.live_path, plain.live_path, "/feeds/articles.xml")

    event = record_event(reference, kind="retracted", source="journal", by=owner)

    assert stored() == {other.live_path, plain.live_path, "/feeds/articles.xml"}
    for address in citing[:2]:
        assert b"Retracted" in read(address)
        assert b"Retracted" not in before[address]
    guide.refresh_from_db()
    assert guide.live_version_id == version
    keep(*citing)

    end_event(event, because="The notice was about another paper.", by=owner)
    assert {address: read(address) for address in citing} == {address: before[address] for address in citing}


def test_the_standing_of_a_source_follows_its_worst_open_event(owner):
    reference = make_reference()
    standings = []
    events = [record_event(reference, kind=kind, source="journal", by=owner) for kind in ("corrected", "retracted")]
    for event in reversed(events):
        reference.refresh_from_db()
        standings.append(reference.standing)
        end_event(event, because="Taken back.", by=owner)
    reference.refresh_from_db()
    assert [*standings, reference.standing] == ["retracted", "corrected", ""]


def test_both_acts_are_in_the_chain_with_who_and_why(owner):
    """PUB-127"""
    event = record_event(make_reference(), kind="concern", source="PubMed", by=owner)
    end_event(event, because="The journal withdrew its concern.", by=owner)
    events = AuditEvent.objects.order_by("number")
    assert [(found.verb, found.actor_id) for found in events] == [
        ("integrity event recorded", owner.pk),
        ("integrity event ended", owner.pk),
    ]
    assert events.last().note == "The journal withdrew its concern."
    assert first_break() is None


def test_an_event_ends_once_and_with_a_reason(owner):
    event = record_event(make_reference(), kind="concern", source="PubMed", by=owner)
    with pytest.raises(ValidationError, match="Say why"):
        end_event(event, because=" ", by=owner)
    end_event(event, because="A mistake.", by=owner)
    with pytest.raises(ValidationError, match="already ended"):
        end_event(event, because="Again.", by=owner)
    assert AuditEvent.objects.count() == 2


def test_the_same_notice_is_recorded_once(owner):
    reference = make_reference()
    record_event(reference, kind="concern", source="PubMed", notice="10.1/x", by=owner)
    with pytest.raises(ValidationError, match="recorded already"):
        record_event(reference, kind="concern", source="PubMed", notice="10.1/x", by=owner)
    assert IntegrityEvent.objects.count() == 1


def test_the_database_refuses_an_impossible_date_of_a_source():
    """A month beyond December would break every page that prints it."""
    for values in ({"month": 13}, {"month": 2, "day": 32}, {"day": 4}):
        with pytest.raises(ValidationError):
            make_reference(**values)
    reference = make_reference()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(reference).objects.filter(pk=reference.pk).update(month=13)


def test_evd_54_a_withdrawal_that_was_taken_back_is_said_with_its_day(clinic, client):
    """EVD-54, EVD-34: and it was not said before; the sentence gives way to whatever is worse."""
    study = make_study()
    sign_and_publish(study)
    event = record_event(study.primary, kind="retracted", source="Retraction Watch", by=None)
    between = timezone.now()
    end_event(event, because="Reinstated.", by=None, taken_back_on=datetime.date(2026, 4, 5))
    body = client.get(study.live_path).content.decode()
    assert "An earlier withdrawal of this paper was taken back on April 5, 2026." in body
    assert "Do not rely on its results" not in body and '<div class="banner alarm">' not in body
    assert "No notices found" not in body
    then = integrity_of([study.primary_id], at=between)[study.primary_id]
    assert then.label.startswith("Retracted")
    record_event(study.primary, kind="corrected", source="PubMed", by=None)
    assert "taken back" not in client.get(study.live_path).content.decode()


def test_evd_54_a_wrong_match_that_ended_is_not_called_a_withdrawal(clinic, client):
    study = make_study()
    sign_and_publish(study)
    end_event(record_event(study.primary, kind="retracted", source="PubMed", by=None), because="Other paper.", by=None)
    assert "taken back" not in client.get(study.live_path).content.decode()


def test_evd_54_a_newer_version_is_information_and_no_alarm(clinic, client):
    """EVD-50, EVD-57: after everything else on the ladder; it warns staff and takes no certainty away."""
    study = make_study()
    sign_and_publish(study)
    before = client.get(study.live_path).content.decode()
    record_event(study.primary, kind="new version", source="PubMed", notice="PMID 90000001", by=None)
    study.primary.refresh_from_db()
    assert study.primary.standing == "new version"
    body = client.get(study.live_path).content.decode()
    assert "A newer version of this review has been published." in body and '<div class="banner alarm">' not in body
    assert before.count("Certainty: very low") == body.count("Certainty: very low") > 0
    found = [one for one in findings(study, freeze_study(study)) if one.rule == "EV-04"]
    assert [one.severity for one in found] == ["warn"] and "newer version" in found[0].message
    record_event(study.primary, kind="corrected", source="PubMed", by=None)
    study.primary.refresh_from_db()
    assert study.primary.standing == "corrected"


def test_pub_125_the_keeper_of_a_guide_that_shows_the_study_hears_of_it_too(clinic, author):
    """EVD-82: and the board counts the guide."""
    keeper = make_user(Role.AUTHOR)
    study, guide = make_study(by=author), make_guide(by=author, keeper=keeper)
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study, html="<p>Small.</p>")
    sign_and_publish(study)
    sign_and_publish(guide)
    record_event(study.primary, kind="retracted", source="PubMed", by=None)
    told = Notice.objects.filter(kind="source_noticed", user=keeper)
    assert told.count() == 1
    [(event, pages)] = board().events
    assert (event.reference_id, {page.pk for page in pages}) == (study.primary_id, {study.pk, guide.pk})
