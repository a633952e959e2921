"""Going back to an older text brings its notices back as well, and today's are one press away (PUB-22, PUB-52)."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Role
from stemsite.clinic.models import Clinic, Wording
from stemsite.publishing import reverting, scheduling, workflow
from stemsite.publishing.families import content_of
from stemsite.publishing.gate import findings
from tests.factories import make_guide, make_reviewer, make_study, make_user, save_draft, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(params=[make_guide, make_study])
def reverted(request, clinic):
    """A page saved under one disclaimer, saved again under the next, and taken back to its first version."""
    page = request.param()
    first = save_draft(page)
    Wording.objects.create(kind="disclaimer", jurisdiction="US", version=2, lead="For learning.", text="Ask a doctor.")
    page.refresh_from_db()
    second = save_draft(page)
    assert content_of(page, second).notice("disclaimer").version == 2
    editor = make_user(Role.PUBLISHER)
    reverting.bring_back(page, first, by=editor)
    page.refresh_from_db()
    return page, first, editor


def test_the_draft_carries_the_notices_of_the_version_it_went_back_to(reverted):
    page, first, _ = reverted
    assert page.latest_version.content_hash == first.content_hash
    page.title = f"{page.title} again"
    page.save()
    again = save_draft(page)
    assert content_of(page, again).notice("disclaimer").version == 1


def test_an_older_notice_is_pointed_out_by_the_checks(reverted):
    page, first, _ = reverted
    found = [finding for finding in findings(page, content_of(page, first)) if finding.rule == "PUB-52"]
    assert [finding.severity for finding in found] == ["warn"]
    assert "Medical disclaimer" in found[0].message


def test_todays_wordings_are_one_press_away(reverted, client):
    page, _, editor = reverted
    client.force_login(editor)
    screen = client.get(reverse("admin:publishing_page", args=[page.pk])).content.decode()
    assert "Take today&#x27;s wordings" in screen or "Take today's wordings" in screen
    answer = client.post(reverse("admin:publishing_wordings", args=[page.pk]))
    assert answer.status_code == 303
    page.refresh_from_db()
    assert page.kept_wordings == {}
    assert content_of(page, page.latest_version).notice("disclaimer").version == 2


def test_who_may_not_edit_cannot_change_the_wordings(reverted, client):
    page, _, _ = reverted
    client.force_login(make_user(Role.COORDINATOR))
    assert client.post(reverse("admin:publishing_wordings", args=[page.pk])).status_code == 403
    page.refresh_from_db()
    assert page.kept_wordings == {"disclaimer": 1}


def retitled(page, title):
    page.refresh_from_db()
    page.title = title
    page.save()
    return save_draft(page)


def disclaimer(page, version):
    return content_of(page, version).notice("disclaimer").version


def test_the_older_notices_stay_until_the_draft_is_published_and_todays_come_with_the_next_save(reverted, client):
    """What was signed goes live as it was signed; a later draft is not held to notices of another day."""
    page, _, editor = reverted
    client.force_login(editor)
    assert "keeps them until it is published" in client.get(f"/admin/pages/{page.pk}/").content.decode()
    sign_and_publish(page)
    assert disclaimer(page, page.live_version) == 1
    assert page.kept_wordings == {}
    assert page.draft_is_live
    assert "keeps them until" not in client.get(f"/admin/pages/{page.pk}/").content.decode()
    assert disclaimer(page, retitled(page, "A later draft")) == 2


def test_a_scheduled_version_takes_nothing_from_the_draft_that_went_back_meanwhile(clinic, publisher):
    page = make_guide()
    first = save_draft(page)
    Wording.objects.create(kind="disclaimer", jurisdiction="US", version=2, lead="For learning.", text="Ask a doctor.")
    version = workflow.submit(page, by=page.created_by)
    workflow.sign(page, by=make_reviewer().user, version_id=version.pk)
    due = timezone.now() + datetime.timedelta(hours=1)
    schedule = scheduling.schedule_publish(page, by=publisher, due_at=due, change="major")
    reverting.bring_back(page, first, by=publisher)
    assert scheduling.carry_out(schedule)
    page.refresh_from_db()
    assert disclaimer(page, page.live_version) == 2
    assert page.kept_wordings == {"disclaimer": 1}
    assert disclaimer(page, retitled(page, "The draft that went back")) == 1


@pytest.mark.parametrize("make", [make_guide, make_study])
def test_a_page_carries_the_notices_of_the_clinics_own_law(clinic, make):
    """Those of another law are neither shown, nor counted as older or newer ones."""
    page = make()
    at_home = save_draft(page)
    assert "jurisdiction" not in at_home.content["notices"][0], "what was stored before others were known is unchanged"
    Wording.objects.create(kind="disclaimer", jurisdiction="UK", version=7, lead="In the UK.", text="Ask your GP.")
    page.refresh_from_db()
    assert save_draft(page) == at_home
    Clinic.objects.update(jurisdiction="UK")
    abroad = retitled(page, "Abroad")
    found = content_of(page, abroad)
    assert [(notice.kind, notice.version, notice.law) for notice in found.notices] == [("disclaimer", 7, "UK")]
    [used] = abroad.uses.filter(kind="wording")
    assert Wording.objects.get(pk=used.object_id).text == "Ask your GP."
    missing = [finding for finding in findings(page, found) if finding.rule == "NT-01"]
    assert missing
    assert all("none for UK" in finding.message for finding in missing)
    reverting.bring_back(page, at_home, by=make_user(Role.PUBLISHER))
    page.refresh_from_db()
    assert page.kept_wordings == {}, "a notice of another law is not brought back"
