"""Integrity events in the admin: added and ended, never changed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from studies.integrity import end_event, record_event
from studies.models import IntegrityEvent
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
    assert set(form_data(staff.get(change(event)))) <= {"ended_because"}
    staff.post(change(event), {"kind": "corrected", "source": "me", "ended_because": "Taken back."})
    event.refresh_from_db()
    assert (event.kind, event.source, event.ended_because) == ("concern", "journal", "Taken back.")
    assert event.ended_at is not None


def test_ending_needs_a_reason(staff):
    event = record_event(make_reference(), kind="concern", source="journal", by=None)
    answer = staff.post(change(event), {"ended_because": ""})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["ended_because"]


def test_a_stale_tab_is_told_that_the_event_has_ended(staff, owner):
    """PUB-51"""
    event = record_event(make_reference(), kind="concern", source="journal", by=None)
    end_event(event, because="First.", by=owner)
    answer = staff.post(change(event), {"ended_because": "Second."}, follow=True)
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
