"""What is to happen at a set time (PUB-60 to PUB-63, PUB-65)."""

import datetime

import pytest
from django.utils import timezone

from articles.models import TextSection
from stemsite.access import Role
from stemsite.mail.models import Delivery
from stemsite.publishing import going_live, scheduling, workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page, Schedule
from studies.integrity import record_event
from studies.models import Reference
from tests.factories import make_guide, make_plain_page, make_user, save_draft, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SOON = datetime.timedelta(hours=1)


@pytest.fixture
def ready(clinic, author, reviewer):
    """A guide that was signed and not yet published."""
    guide = make_guide(by=author)
    save_draft(guide)
    version = workflow.submit(guide, by=author)
    workflow.sign(guide, by=reviewer, version_id=version.pk)
    guide.refresh_from_db()
    return guide


def schedule(page, publisher, **values):
    return scheduling.schedule_publish(
        page, by=publisher, **{"due_at": timezone.now() + SOON, "change": "major", **values}
    )


def let_time_pass(minutes=61):
    for row in Schedule.objects.pending():
        Schedule.objects.filter(pk=row.pk).update(due_at=row.due_at - datetime.timedelta(minutes=minutes))


def test_pub_60_nothing_happens_before_its_time_and_everything_at_it(ready, publisher, client):
    schedule(ready, publisher)
    assert scheduling.run_due() == 0
    assert client.get("/conditions/als/").status_code == 404
    let_time_pass()
    assert scheduling.run_due() == 1
    for address in ("/conditions/als/", "/conditions/", "/sitemap.xml", "/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert b"What is ALS?" in answer.content or b"/conditions/als/" in answer.content
    assert scheduling.run_due() == 0
    assert ready.transitions.filter(verb="publish").count() == 1


def test_pub_61_what_goes_live_is_the_version_that_was_approved(ready, publisher, author):
    schedule(ready, publisher)
    approved = ready.approved_version
    TextSection.objects.filter(parent_id=ready.pk).update(html="<p>Edited since.</p>")
    edited = workflow.saved(ready, by=author)
    ready.refresh_from_db()
    assert ready.draft_state == "scheduled"
    let_time_pass()
    scheduling.run_due()
    ready.refresh_from_db()
    assert (ready.live_version, ready.latest_version) == (approved, edited)
    assert ready.state_in_words == "live, changes in draft"


def test_pub_62_late_is_late_and_not_lost_and_whoever_scheduled_it_is_told(ready, publisher):
    row = schedule(ready, publisher)
    let_time_pass(minutes=60 + 95)
    assert scheduling.run_due() == 1
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("done", "Late by 95 minutes.")
    assert Delivery.objects.get(kind="schedule_done").to == publisher.email


def test_pub_62_the_second_worker_does_nothing(ready, publisher):
    row = schedule(ready, publisher)
    let_time_pass()
    assert scheduling.carry_out(row) is True
    assert scheduling.carry_out(row) is False
    assert Delivery.objects.filter(kind="schedule_done").count() == 1


def test_pub_63_a_source_retracted_overnight_stops_it_and_nothing_public_changes(ready, publisher, author, client):
    row = schedule(ready, publisher)
    record_event(Reference.objects.get(), kind="retracted", source="pubmed", by=None)
    let_time_pass()
    assert scheduling.run_due() == 1
    row.refresh_from_db()
    ready.refresh_from_db()
    assert (row.state, ready.draft_state, ready.public_state) == ("failed", "approved", "nothing")
    assert "retracted" in row.outcome
    assert set(Delivery.objects.filter(kind="schedule_failed").values_list("recipient", flat=True)) == {
        publisher.email,
        author.email,
    }
    assert "retracted" in Delivery.objects.filter(kind="schedule_failed").first().text
    assert client.get("/conditions/als/").status_code == 404


def test_pub_63_something_unforeseen_fails_alone_and_stops_no_other(ready, publisher, monkeypatch):
    plain = make_plain_page(by=publisher)
    save_draft(plain)
    schedule(ready, publisher)
    schedule(plain, publisher)
    let_time_pass()
    go_live = going_live.go_live

    def breaks_on_the_guide(page, *args, **kwargs):
        if page.pk == ready.pk:
            raise ZeroDivisionError
        return go_live(page, *args, **kwargs)

    monkeypatch.setattr(going_live, "go_live", breaks_on_the_guide)
    assert scheduling.run_due() == 2
    states = dict(Page.objects.values_list("pk", "public_state"))
    assert (states[ready.pk], states[plain.pk]) == ("nothing", "live")
    assert "unforeseen" in ready.schedules.get().outcome


def test_who_lost_the_right_meanwhile_publishes_nothing(ready, publisher, author):
    schedule(ready, publisher)
    publisher.groups.clear()
    let_time_pass()
    scheduling.run_due()
    ready.refresh_from_db()
    assert (ready.draft_state, ready.public_state) == ("approved", "nothing")
    assert "role" in ready.schedules.get().outcome


def test_when_nobody_of_the_page_is_at_work_every_publisher_is_told(ready, publisher, author):
    other = make_user(Role.PUBLISHER)
    schedule(ready, publisher)
    for person in (publisher, author):
        type(person).objects.filter(pk=person.pk).update(is_active=False)
    let_time_pass()
    scheduling.run_due()
    assert [letter.to for letter in Delivery.objects.filter(kind="schedule_failed")] == [other.email]


def test_pub_65_past_times_are_refused(ready, publisher):
    with pytest.raises(Refused, match="past"):
        schedule(ready, publisher, due_at=timezone.now())


def test_pub_65_cancelling_works_until_the_minute(ready, publisher):
    row = schedule(ready, publisher)
    scheduling.cancel(row, by=publisher)
    ready.refresh_from_db()
    assert ready.draft_state == "approved"
    let_time_pass()
    assert scheduling.run_due() == 0
    with pytest.raises(Refused, match="already"):
        scheduling.cancel(row, by=publisher)


def test_pub_65_only_a_publisher_cancels(ready, publisher, coordinator):
    row = schedule(ready, publisher)
    with pytest.raises(Refused, match="role"):
        scheduling.cancel(row, by=coordinator)
    row.refresh_from_db()
    assert row.state == "pending"


@pytest.fixture
def coordinator(db):
    return make_user(Role.COORDINATOR)


def test_publishing_by_hand_before_the_time_cancels_the_schedule(ready, publisher):
    row = schedule(ready, publisher)
    workflow.publish(ready, by=publisher, change="major")
    row.refresh_from_db()
    assert row.state == "cancelled"
    let_time_pass()
    assert scheduling.run_due() == 0


def test_pub_65_a_scheduled_withdrawal_obeys_the_same_rules(clinic, publisher, client):
    guide = make_guide()
    sign_and_publish(guide)
    values = {"by": publisher, "kind": "outdated", "reason": "A newer guide is out."}
    with pytest.raises(Refused, match="past"):
        scheduling.schedule_withdrawal(guide, due_at=timezone.now(), **values)
    row = scheduling.schedule_withdrawal(guide, due_at=timezone.now() + SOON, **values)
    with pytest.raises(Refused, match="already scheduled"):
        scheduling.schedule_withdrawal(guide, due_at=timezone.now() + SOON, **values)
    let_time_pass()
    assert scheduling.run_due() == 1
    guide.refresh_from_db()
    row.refresh_from_db()
    assert (guide.public_state, row.state) == ("withdrawn", "done")
    assert "A newer guide is out." in client.get("/conditions/als/").content.decode()
    assert Delivery.objects.get(kind="schedule_done").to == publisher.email


def test_an_exempt_page_is_scheduled_and_cancelled_without_a_dead_end(clinic, publisher):
    plain = make_plain_page(by=publisher)
    save_draft(plain)
    row = schedule(plain, publisher)
    scheduling.cancel(row, by=publisher)
    workflow.publish(plain, by=publisher, change="major")
    plain.refresh_from_db()
    assert plain.is_live


def withdrawal(page, publisher, hours):
    due_at = timezone.now() + datetime.timedelta(hours=hours)
    return scheduling.schedule_withdrawal(page, by=publisher, due_at=due_at, kind="outdated", reason="A newer trial.")


def next_version_approved(page, author, reviewer):
    TextSection.objects.filter(parent_id=page.pk).update(html="<p>Newer words.</p>")
    version = workflow.saved(page, by=author)
    workflow.submit(page, by=author)
    workflow.sign(page, by=reviewer, version_id=version.pk)


def test_pub_65_a_withdrawal_is_not_planned_before_a_publication_that_would_undo_it(ready, publisher, author, reviewer):
    workflow.publish(ready, by=publisher, change="major")
    next_version_approved(ready, author, reviewer)
    schedule(ready, publisher, due_at=timezone.now() + 2 * SOON, note="Newer words.")
    with pytest.raises(Refused, match="would put the page back"):
        withdrawal(ready, publisher, hours=1)
    assert not Schedule.objects.filter(what="withdraw").exists()
    withdrawal(ready, publisher, hours=3)
    let_time_pass(minutes=300)
    assert scheduling.run_due() == 2
    ready.refresh_from_db()
    assert (ready.public_state, ready.draft_state) == ("withdrawn", "draft")


def test_pub_65_who_plans_the_publication_after_the_withdrawal_gets_both(ready, publisher, author, reviewer):
    """Down at noon, back with new words in the evening: seen on the screen, and meant."""
    workflow.publish(ready, by=publisher, change="major")
    withdrawal(ready, publisher, hours=1)
    next_version_approved(ready, author, reviewer)
    schedule(ready, publisher, due_at=timezone.now() + 2 * SOON, note="Newer words.")
    let_time_pass(minutes=61)
    assert scheduling.run_due() == 1
    ready.refresh_from_db()
    assert (ready.public_state, ready.draft_state) == ("withdrawn", "scheduled")
    let_time_pass(minutes=61)
    assert scheduling.run_due() == 1
    ready.refresh_from_db()
    assert (ready.public_state, ready.draft_state) == ("live", "draft")
    assert not Schedule.objects.pending().exists()
