"""EVD-36: two references found to be one; drafts follow, versions do not, and the loser points to the winner."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from articles.models import TextSection
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page, Version
from studies.integrity import record_event
from studies.merging import merge
from studies.models import Reference
from tests.factories import make_guide, make_reference, make_study, make_user, save_draft, sign_and_publish
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def pair(db):
    loser = make_reference(title="Cells in ALS", doi=None, pmid="90000061", volume="", pages="12-19")
    winner = make_reference(title="Cells in ALS", doi="10.5555/one", volume="7", pages="")
    return loser, winner


def test_drafts_cite_the_winner_and_what_is_live_stays(clinic, author, publisher, pair):
    loser, winner = pair
    guide = make_guide(by=author, citing=loser.pk)
    sign_and_publish(guide)
    study = make_study(
        by=author, primary=loser, slug="merged", methods=f'<p>As told.<cite data-ref="{loser.pk}"></cite></p>'
    )
    save_draft(study)
    frozen = dict(Version.objects.values_list("pk", "content_hash"))
    before = Page.objects.get(pk=guide.pk).lock_version
    live = Client().get(guide.live_path).content
    assert {page.pk for page in merge(loser, into=winner, by=publisher)} == {guide.pk, study.pk}
    cite = f'<cite data-ref="{winner.pk}"'
    assert TextSection.objects.filter(parent=guide, html__contains=cite).count() == 1
    study.refresh_from_db()
    assert study.primary == winner and cite in study.methods
    assert {pk: sha for pk, sha in Version.objects.values_list("pk", "content_hash") if pk in frozen} == frozen
    assert Client().get(guide.live_path).content == live
    page = Page.objects.get(pk=guide.pk)
    assert page.lock_version == before + 1 and page.latest_version_id != page.live_version_id
    loser.refresh_from_db()
    assert (loser.is_retired, loser.merged_into) == (True, winner)
    assert AuditEvent.objects.filter(verb="references merged", actor_id=publisher.pk).count() == 1


def test_the_winner_takes_what_only_the_loser_knew(pair, publisher):
    loser, winner = pair
    merge(loser, into=winner, by=publisher)
    winner.refresh_from_db()
    assert (winner.doi, winner.pmid, winner.volume) == ("10.5555/one", "90000061", "7")
    assert winner.pages == "12-19" and winner.provenance["pmid"] == f"reference {loser.pk}"
    assert Reference.objects.citable().filter(pmid="90000061").get() == winner


def test_a_notice_about_the_loser_is_one_about_the_winner(clinic, author, pair, publisher):
    loser, winner = pair
    guide = make_guide(by=author, citing=winner.pk)
    sign_and_publish(guide)
    record_event(loser, kind="retracted", source="Crossref", notice="10.5555/retr", by=None)
    record_event(loser, kind="corrected", source="PubMed", by=None)
    record_event(winner, kind="corrected", source="PubMed", by=None)
    merge(loser, into=winner, by=publisher)
    winner.refresh_from_db()
    assert winner.standing == "retracted" and winner.integrity_events.count() == 2
    assert b"Retracted" in Client().get(guide.live_path).content
    with pytest.raises(Refused, match="was retracted"):
        workflow.submit(guide, by=author)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "preprint"}, "two works that belong together"),
        ({"doi": "10.5555/other"}, "their DOI is"),
        ({"is_retired": True}, "retired"),
    ],
)
def test_what_is_not_one_work_is_not_merged(pair, publisher, fields, why):
    """EVD-14: preprint and paper are linked, never merged."""
    loser, winner = pair
    Reference.objects.filter(pk=loser.pk).update(**fields)
    with pytest.raises(Refused, match=why):
        merge(loser, into=winner, by=publisher)
    with pytest.raises(Refused, match="itself"):
        merge(winner, into=winner, by=publisher)
    assert not Reference.objects.exclude(merged_into=None).exists()


def test_one_press_on_the_check_screen_merges(pair):
    loser, winner = pair
    client = signed_in(Role.PUBLISHER)
    screen = reverse("admin:studies_reference_check", args=[loser.pk])
    assert f'name="into" value="{winner.pk}"' in client.get(screen).content.decode()
    act = reverse("admin:studies_reference_act", args=[loser.pk, "merge"])
    unknown = client.post(act, {"identifier": "10.5555/unknown"})
    assert unknown.status_code == 422 and "No source in the library" in unknown.content.decode()
    assert signed_in(Role.REVIEWER).post(act, {"into": winner.pk}).status_code == 403
    assert client.post(act, {"identifier": "https://doi.org/10.5555/ONE"}).status_code == 303
    assert "Merged into" in client.get(screen).content.decode()
    again = client.post(act, {"into": winner.pk})
    assert again.status_code == 422 and "retired" in again.content.decode()


def test_an_author_merges_only_what_is_their_own_throughout(pair, author):
    loser, winner = pair
    with pytest.raises(Refused, match="may not edit"):
        merge(loser, into=winner, by=author)
    Reference.objects.update(created_by=author)
    stranger = make_study(by=make_user(Role.AUTHOR), primary=loser, slug="not-mine")
    save_draft(stranger)
    with pytest.raises(Refused):
        merge(loser, into=winner, by=author)
    stranger.refresh_from_db()
    assert stranger.primary == loser and not Reference.objects.get(pk=loser.pk).is_retired


def test_a_source_that_others_were_merged_into_is_not_deleted(pair, publisher):
    loser, winner = pair
    merge(loser, into=winner, by=publisher)
    with pytest.raises(ValidationError, match="was merged into it"):
        winner.delete()


def test_the_database_knows_that_a_merged_source_is_retired(pair):
    loser, winner = pair
    with pytest.raises(IntegrityError), transaction.atomic():
        Reference.objects.filter(pk=loser.pk).update(merged_into=winner)
