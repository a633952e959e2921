"""Role matrix, publish and schedule: in a team the owner does what is the publisher's part, and says why."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.clinic.models import Clinic
from stemsite.publishing import scheduling, workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page, Schedule, Transition
from tests.factories import make_article, make_plain_page, make_reviewer, make_user, save_draft
from tests.staff_forms import signed_in, step

pytestmark = [pytest.mark.django_db, pytest.mark.database]

WHY = "The publisher is ill, and the address changed."


@pytest.fixture(autouse=True)
def team(clinic):
    Clinic.objects.update(review_policy=Clinic.ReviewPolicy.TEAM)


@pytest.fixture
def approved():
    article = make_article()
    version = workflow.submit(article, by=article.created_by)
    workflow.sign(article, by=make_reviewer().user, version_id=version.pk)
    return Page.objects.get(pk=article.pk)


@pytest.mark.parametrize("reason", ["", "   "])
def test_the_owner_of_a_team_publishes_nothing_without_a_reason(approved, owner, reason):
    with pytest.raises(Refused, match="Say why you publish this yourself"):
        workflow.publish(approved, by=owner, change="major", reason=reason)
    with pytest.raises(Refused, match="Say why you publish this yourself"):
        tomorrow = timezone.now() + datetime.timedelta(days=1)
        scheduling.schedule_publish(approved, by=owner, due_at=tomorrow, change="major", reason=reason)
    approved.refresh_from_db()
    assert approved.state_in_words == "approved"
    assert not Schedule.objects.exists()


def test_a_plain_page_is_no_exception(owner):
    page = make_plain_page()
    save_draft(page)
    with pytest.raises(Refused, match="Say why"):
        workflow.publish(page, by=owner, change="major")


def test_the_reason_stays_on_the_record_and_readers_get_only_their_note(approved, owner, served):
    workflow.publish(approved, by=owner, change="major", note="First published.", reason=WHY)
    published = Transition.objects.get(verb="publish")
    assert (published.note, published.reason) == ("First published.", WHY)
    event = AuditEvent.objects.get(verb="page publish")
    assert event.note == "First published."
    assert event.detail["reason"] == WHY
    approved.refresh_from_db()
    for address in (approved.live_path, "/feeds/articles.xml"):
        assert "publisher is ill" not in served.get(address).content.decode()
    history = signed_in(owner).get(f"/admin/pages/{approved.pk}/history/").content.decode()
    assert WHY in history


def test_a_scheduled_publication_keeps_its_reason_until_it_happens(approved, owner):
    due = timezone.now() + datetime.timedelta(hours=1)
    scheduling.schedule_publish(approved, by=owner, due_at=due, change="major", reason=WHY)
    assert Transition.objects.get(verb="schedule").reason == WHY
    Schedule.objects.update(due_at=timezone.now())
    assert scheduling.run_due() == 1
    assert Transition.objects.get(verb="publish").reason == WHY


@pytest.mark.parametrize("roles", [(Role.PUBLISHER,), (Role.OWNER, Role.PUBLISHER)])
def test_a_publisher_is_asked_for_no_reason(approved, roles):
    workflow.publish(approved, by=make_user(*roles), change="major")


def test_two_people_are_asked_for_no_reason(approved, owner):
    Clinic.objects.update(review_policy=Clinic.ReviewPolicy.TWO_PEOPLE)
    workflow.publish(approved, by=owner, change="major")
    assert Transition.objects.get(verb="publish").reason == ""


@pytest.mark.parametrize("slug", ["publish", "schedule"])
def test_the_reason_is_asked_for_beside_the_button_and_what_was_typed_stays(approved, owner, slug):
    client = signed_in(owner)
    day = timezone.localdate() + datetime.timedelta(days=2)
    typed = {"note": "For readers.", **({"day": f"{day:%Y-%m-%d}", "time": "08:00"} if slug == "schedule" else {})}
    refused = step(client, approved, slug, **typed)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Why you publish it yourself" in page
    assert "For readers." in page
    assert step(client, approved, slug, **typed, reason=WHY).status_code == 303
    assert Transition.objects.latest("pk").reason == WHY


def test_no_publisher_sees_the_question(approved):
    page = signed_in(make_user(Role.PUBLISHER)).get(f"/admin/pages/{approved.pk}/").content.decode()
    assert "Publish now" in page
    assert "Why you publish it yourself" not in page
