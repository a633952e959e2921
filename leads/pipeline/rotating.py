"""New enquiries given out in turn, where the clinic wants it (LEAD-96): the one who has waited longest is next."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import F, Max

from leads.models import Enquiry, TimelineEntry
from leads.models.timeline import note
from stemsite.access import Role
from stemsite.audit.recording import record

from .staff import coordinators


def give_out(enquiry: Enquiry) -> None:
    """In the transaction that takes it in, so that none stays with nobody; without coordinators it waits for all."""
    if not settings.LEADS_ROUND_ROBIN or enquiry.assignee_id is not None:
        return
    if (user := next_in_turn()) is None:
        return
    Enquiry.objects.filter(pk=enquiry.pk).update(assignee=user)
    enquiry.assignee = user
    note(enquiry.contact, TimelineEntry.Kind.ASSIGNMENT, str(user), enquiry=enquiry)
    record("gave out an enquiry in turn", by=None, obj=enquiry.contact, enquiry=enquiry.pk)


def next_in_turn() -> Any:
    """Whose newest enquiry is the oldest; who never had one comes first. Owners are not in turn."""
    in_turn = coordinators().filter(groups__name=Role.COORDINATOR.value)
    return in_turn.annotate(last=Max("enquiries__pk")).order_by(F("last").asc(nulls_first=True), "pk").first()
