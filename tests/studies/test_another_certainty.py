"""A person may lower the certainty freely; raising it needs a reason and a medical reviewer (EVD-72, EV-13)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused, findings
from studies.content import study_content
from studies.freezing import freeze_study
from studies.models import LibraryEntry, Study
from tests.factories import make_reviewer, make_study, make_user, save_draft, sign_and_publish
from tests.staff_forms import opened, save, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

REASON = "Two later studies came to the same result."


def blocking(study) -> list[str]:
    return [one.field for one in findings(study, freeze_study(study)) if (one.severity, one.rule) == ("block", "EV-13")]


def test_evd_72_readers_get_the_word_and_its_reason_and_the_library_sorts_by_it(clinic, client):
    reviewer = make_reviewer().user
    study = make_study(certainty_set="low", certainty_because=REASON, certainty_by=reviewer)
    assert blocking(study) == []
    sign_and_publish(study, reviewer=reviewer)
    body = client.get(study.live_path).content.decode()
    assert "Certainty: low" in body and "raised to low by a person: Two later studies" in body
    assert LibraryEntry.objects.get(page=study.pk).certainty == LibraryEntry.Certainty.LOW


def test_ev_13_raising_needs_a_reason_and_a_medical_reviewer(clinic, author):
    study = make_study(by=author, certainty_set="moderate", certainty_by=author)
    assert blocking(study) == ["certainty_because", "certainty_set"]
    save_draft(study)
    with pytest.raises(Refused, match="Only a medical reviewer may raise it"):
        workflow.submit(study, by=author)
    study.certainty_because, study.certainty_by = REASON, make_reviewer().user
    assert blocking(study) == []


def test_ev_13_anybody_may_lower_it_without_a_word(clinic, author):
    study = make_study(by=author, design="randomised", masking="double", certainty_set="low", certainty_by=author)
    assert blocking(study) == []


def test_evd_72_the_form_names_who_departed_from_the_rule_and_a_revert_keeps_it(clinic):
    author, reviewer = make_user(Role.AUTHOR, Role.PUBLISHER), make_user(Role.REVIEWER, Role.PUBLISHER)
    study = make_study(by=author)
    first = save_draft(study)
    client = signed_in(reviewer)
    page = client.get(f"/admin/studies/study/{study.pk}/change/").content.decode()
    assert "very low: compared with another group: 2; compared with past records: minus 1" in page
    typed = {"certainty_set": "low", "certainty_because": REASON}
    assert save(client, study, opened(client, study), **typed).status_code == 302
    study.refresh_from_db()
    assert (study.certainty_set, study.certainty_by) == ("low", reviewer)
    second = study.versions.latest("number")
    assert study_content(second.content).judged.id == reviewer.pk
    assert workflow.revert(study, by=author, to=first).content == first.content
    study.refresh_from_db()
    assert (study.certainty_set, study.certainty_by) == ("", None)
    assert workflow.revert(study, by=author, to=second).content == second.content
    theirs = signed_in(author)
    assert save(theirs, study, opened(theirs, study), certainty_because="Because.").status_code == 302
    study.refresh_from_db()
    assert study.certainty_by == author and blocking(study) == ["certainty_set"]


def test_ev_13_the_database_wants_a_person_behind_it(clinic):
    study = make_study()
    with pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(certainty_set="high")
    with pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(certainty_because="Because.")
