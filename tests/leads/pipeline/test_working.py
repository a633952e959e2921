"""The pipeline: one transition table, every change a timeline entry and on the record (LEAD-95, LEAD-96)."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from leads.models import Enquiry, TimelineEntry
from leads.pipeline import working
from leads.pipeline.steps import NEXT, SPOKEN_TO
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.publishing.gate import Refused, Stale
from tests.factories import make_enquiry, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

Status = Enquiry.Status


@pytest.fixture
def coordinator():
    return make_user(Role.COORDINATOR, first_name="Cora")


def moved(enquiry, *path, by):
    for to in path:
        enquiry = working.change_status(enquiry, to=to, by=by, reason="no answer" if to in Enquiry.NEEDS_REASON else "")
    return enquiry


def test_lead_95_every_change_of_status_is_a_timeline_entry_with_who_from_and_to(coordinator):
    enquiry = moved(
        make_enquiry(), Status.CONTACTED, Status.QUALIFIED, Status.SCHEDULED, Status.CONVERTED, by=coordinator
    )
    entries = TimelineEntry.objects.filter(kind="status").order_by("pk")
    assert [(each.status_from, each.status_to, each.by) for each in entries] == [
        ("new", "contacted", coordinator),
        ("contacted", "qualified", coordinator),
        ("qualified", "scheduled", coordinator),
        ("scheduled", "converted", coordinator),
    ]
    assert enquiry.closed_at is not None
    assert AuditEvent.objects.filter(verb="moved an enquiry", object_id=str(enquiry.contact_id)).count() == 4


@pytest.mark.parametrize("before", Status.values)
def test_lead_95_what_the_table_lacks_is_refused_and_changes_nothing(coordinator, before):
    reason = "other" if before in Enquiry.NEEDS_REASON else ""
    enquiry = make_enquiry(status=before, closed_reason=reason)
    for after in set(Status.values) - set(NEXT[before]) - {before}:
        with pytest.raises(Refused):
            working.change_status(enquiry, to=after, by=coordinator, reason="other")
    assert Enquiry.objects.get().status == before
    assert not TimelineEntry.objects.exists()


@pytest.mark.parametrize("to", Enquiry.NEEDS_REASON)
def test_lead_95_closing_needs_a_reason(coordinator, to):
    enquiry = make_enquiry()
    for reason in ("", "because"):
        with pytest.raises(Refused, match="Say why"):
            working.change_status(enquiry, to=to, by=coordinator, reason=reason)
    closed = working.change_status(enquiry, to=to, by=coordinator, reason="no answer")
    assert TimelineEntry.objects.get().text == "Did not answer"
    with pytest.raises(IntegrityError), transaction.atomic():
        Enquiry.objects.filter(pk=closed.pk).update(closed_reason="")


def test_lead_95_taking_up_again_forgets_the_end_and_its_reason(coordinator):
    enquiry = moved(make_enquiry(), Status.CLOSED, Status.CONTACTED, by=coordinator)
    assert (enquiry.closed_at, enquiry.closed_reason) == (None, "")


def test_who_acts_on_a_status_that_a_colleague_changed_is_told_so(coordinator):
    enquiry = moved(make_enquiry(), Status.QUALIFIED, by=coordinator)
    with pytest.raises(Stale, match="now qualified"):
        working.change_status(enquiry, to=Status.CLOSED, by=coordinator, reason="other", seen="new")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR, Role.OWNER}))
def test_lead_112_no_editorial_role_can_do_any_of_it(role):
    enquiry, user = make_enquiry(), make_user(role)
    for attempt in (
        lambda: working.change_status(enquiry, to="contacted", by=user),
        lambda: working.assign(enquiry, to=user, by=user),
        lambda: working.follow_up(enquiry, on=timezone.localdate(), by=user),
        lambda: working.log_contact(enquiry, how="spoke", by=user),
        lambda: working.add_note(enquiry.contact, text="Hello", by=user),
    ):
        with pytest.raises(Refused):
            attempt()
    assert not TimelineEntry.objects.exists() and not AuditEvent.objects.exists()


def test_lead_96_an_enquiry_is_assigned_to_those_who_may_see_it(coordinator):
    enquiry = make_enquiry()
    with pytest.raises(Refused, match="does not work with enquiries"):
        working.assign(enquiry, to=make_user(Role.AUTHOR), by=coordinator)
    assert working.assign(enquiry, to=coordinator, by=coordinator).assignee == coordinator
    working.assign(enquiry, to=coordinator, by=coordinator)
    assert working.assign(enquiry, to=None, by=coordinator).assignee is None
    assert [entry.text for entry in TimelineEntry.objects.order_by("pk")] == ["Cora", "nobody"]


def test_lead_96_a_follow_up_takes_the_enquiry_and_lies_ahead(coordinator):
    enquiry = make_enquiry()
    with pytest.raises(Refused, match="today or a later day"):
        working.follow_up(enquiry, on=timezone.localdate() - datetime.timedelta(days=1), by=coordinator)
    planned = working.follow_up(enquiry, on=timezone.localdate(), by=coordinator)
    assert (planned.assignee, planned.follow_up_on) == (coordinator, timezone.localdate())
    assert moved(planned, Status.CLOSED, by=coordinator).follow_up_on is None


def test_lead_97_a_call_that_nobody_answered_is_no_response_yet(coordinator):
    enquiry = working.log_contact(make_enquiry(), how="no answer", by=coordinator)
    assert (enquiry.first_contacted_at, enquiry.status) == (None, Status.NEW)
    enquiry = working.log_contact(enquiry, how="spoke", by=coordinator, text="Will read first.")
    first = enquiry.first_contacted_at
    assert first is not None and enquiry.status == Status.CONTACTED
    assert working.log_contact(enquiry, how="email", by=coordinator).first_contacted_at == first
    assert "Spoke by phone. Will read first." in [entry.text for entry in TimelineEntry.objects.filter(kind="call")]


def test_a_status_that_tells_of_a_contact_ends_the_wait(coordinator):
    for to in SPOKEN_TO & set(NEXT[Status.NEW]):
        assert working.change_status(make_enquiry(), to=to, by=coordinator).first_contacted_at
    assert working.change_status(make_enquiry(), to=Status.SPAM, by=coordinator).first_contacted_at is None


def test_lead_98_notes_are_sealed_and_the_audit_holds_none_of_their_words(coordinator):
    enquiry = make_enquiry()
    working.add_note(enquiry.contact, text="Canary-note-4711", by=coordinator)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM leads_timelineentry")
        assert "4711" not in cursor.fetchone()[0]
    event = AuditEvent.objects.get(verb="wrote a note")
    assert "4711" not in f"{event.note}{event.detail}{event.object_label}"


def test_a_request_in_quarantine_or_of_an_erased_person_is_not_worked(coordinator):
    held = make_enquiry(standing="quarantined")
    with pytest.raises(Refused, match="quarantine"):
        working.change_status(held, to="contacted", by=coordinator)
    gone = make_enquiry()
    type(gone.contact).objects.filter(pk=gone.contact_id).update(
        erased_at=timezone.now(), email_index=None, phone_index=None
    )
    with pytest.raises(Refused, match="erased"):
        working.change_status(gone, to="contacted", by=coordinator)
