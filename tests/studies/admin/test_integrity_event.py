"""Integrity events in the admin: added and ended, never changed."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from studies.integrity import confirm_doubt, doubt, end_event, record_event, worst_standing
from studies.models import IntegrityEvent
from studies.monitoring import Found, Run
from tests.factories import make_guide, make_reference, sign_and_publish
from tests.staff import form_data, save, signed_in
from tests.stored import keep, read

pytestmark = pytest.mark.django_db

ADD = "admin:studies_integrityevent_add"


@pytest.fixture
def staff():
    return signed_in(Role.REVIEWER)


def change(event):
    return reverse("admin:studies_integrityevent_change", args=[event.pk])


def test_a_reviewer_records_a_retraction_and_readers_see_it_at_once(clinic, staff):
    """PUB-14"""
    reference = make_reference()
    guide = make_guide(citing=reference.pk)
    sign_and_publish(guide)
    keep(guide.live_path)
    answer = save(
        staff, reverse(ADD), reference=reference.pk, kind="retracted", source="journal", notice_on="2026-03-04"
    )
    assert answer.status_code == 302
    assert b"Retracted March 4, 2026" in read(guide.live_path)
    reference.refresh_from_db()
    assert reference.standing == "retracted"
    assert AuditEvent.objects.filter(verb="integrity event recorded", actor_id=staff.user.pk).count() == 1


def test_an_open_event_can_only_be_ended(staff):
    event = record_event(make_reference(), kind="concern", source="journal", by=None)
    assert set(form_data(staff.get(change(event)))) <= {"doubt"}
    staff.post(change(event), {"kind": "corrected", "source": "me", "doubt": "It names another paper."})
    event.refresh_from_db()
    assert (event.kind, event.source, event.doubted_because) == ("concern", "journal", "It names another paper.")
    assert event.ended_at is None and event.doubted_by == staff.user


def test_a_wrong_match_is_seen_by_a_second_person(clinic, staff):
    """EVD-56: readers see the notice until both have looked; nobody agrees with themselves."""
    reference = make_reference()
    guide = make_guide(citing=reference.pk)
    sign_and_publish(guide)
    event = record_event(reference, kind="retracted", source="journal", by=None)
    keep(guide.live_path)
    staff.post(change(event), {"doubt": "It names another paper."})
    assert b"Retracted" in read(guide.live_path)
    again = staff.post(change(event), {"second": "agree"})
    assert again.status_code == 200 and "You said so yourself" in again.content.decode()
    colleague = signed_in(Role.PUBLISHER)
    assert "It names another paper." in colleague.get(change(event)).content.decode()
    board = colleague.get(reverse("admin:studies_board")).content.decode()
    assert "a colleague says that it is about another paper" in board
    assert colleague.post(change(event), {"second": "agree"}).status_code == 302
    event.refresh_from_db()
    assert (event.ended_by, event.is_wrong_match) == (colleague.user, True)
    assert event.ended_because == "Wrong match: It names another paper."
    assert b"Retracted" not in read(guide.live_path)
    reference.refresh_from_db()
    assert reference.standing == ""


def test_a_notice_that_stands_after_all_is_doubted_no_more(staff):
    event = record_event(make_reference(), kind="concern", source="journal", by=None)
    staff.post(change(event), {"doubt": "It names another paper."})
    assert signed_in(Role.PUBLISHER).post(change(event), {"second": "stands"}).status_code == 302
    event.refresh_from_db()
    assert (event.doubted_at, event.ended_at) == (None, None)
    assert AuditEvent.objects.filter(verb="integrity event stands").exists()


@pytest.mark.database
def test_the_database_knows_the_second_person_too(staff):
    event = record_event(make_reference(), kind="concern", source="journal", by=None)
    doubt(event, because="It names another paper.", by=staff.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        end_event(event, because="Wrong match", by=staff.user, wrong_match=True)


def test_a_wrong_match_returns_when_its_source_says_something_else(staff, owner):
    """EVD-56"""
    reference = make_reference()
    said = Found(reference=reference.pk, source="Crossref", kind="retracted", notice="10.1/n")
    Run().take(said)
    event = IntegrityEvent.objects.get()
    doubt(event, because="It names another paper.", by=staff.user)
    confirm_doubt(event, by=owner)
    again, other = Run(), Run()
    again.take(said)
    assert again.counts == {"known": 1} and worst_standing(reference.pk) == ""
    other.take(replace(said, notice_on=datetime.date(2026, 3, 4)))
    assert other.counts == {"new": 1} and worst_standing(reference.pk) == "retracted"
    assert IntegrityEvent.objects.count() == 2, "what stood before stays on the record"


def test_saying_that_it_is_wrong_needs_a_reason(staff):
    event = record_event(make_reference(), kind="concern", source="journal", by=None)
    answer = staff.post(change(event), {"doubt": ""})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["doubt"]


def test_a_stale_tab_is_told_that_the_event_has_ended(staff, owner):
    """PUB-51"""
    event = record_event(make_reference(), kind="concern", source="journal", by=None)
    end_event(event, because="First.", by=owner)
    answer = staff.post(change(event), {"doubt": "Second."}, follow=True)
    assert "already ended" in answer.content.decode()
    assert IntegrityEvent.objects.get().ended_because == "First."


def test_the_same_notice_twice_is_refused_in_words(staff):
    reference = make_reference()
    record_event(reference, kind="concern", source="journal", notice="10.1/n", by=None)
    answer = save(staff, reverse(ADD), reference=reference.pk, kind="concern", source="journal", notice="10.1/n")
    assert answer.status_code == 200
    assert "recorded already" in answer.content.decode()


def test_the_events_of_one_source_are_a_link_away(staff):
    reference = make_reference()
    event = record_event(reference, kind="concern", source="journal", by=None)
    record_event(make_reference(), kind="concern", source="journal", by=None)
    page = staff.get(reverse("admin:studies_reference_change", args=[reference.pk])).content.decode()
    link = f"{reverse('admin:studies_integrityevent_changelist')}?reference__id__exact={reference.pk}"
    assert link in page
    assert [row.pk for row in staff.get(link).context["cl"].result_list] == [event.pk]


def test_there_is_no_way_to_delete_one(staff):
    event = record_event(make_reference(), kind="concern", source="journal", by=None)
    for role in Role:
        address = reverse("admin:studies_integrityevent_delete", args=[event.pk])
        assert signed_in(role).post(address, {"post": "yes"}).status_code == 403
    assert IntegrityEvent.objects.exists()
