"""What staff do with an enquiry: each verb takes ``by=``, is atomic, a timeline entry, and recorded.

Refusals are ``Refused``, or ``Stale`` where a colleague was faster; then nothing was changed. The audit holds names of
fields and of states, never what was typed (LEAD-95, LEAD-96, LEAD-111).
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from leads.counting import count_week
from leads.models import Contact, Enquiry, TimelineEntry, WeeklyTotal
from leads.models.timeline import note
from stemsite.access import Action, can
from stemsite.audit.recording import record
from stemsite.publishing.gate import Refused, Stale

from .steps import SPOKEN_TO, is_open

Kind = TimelineEntry.Kind
Status = Enquiry.Status

LONGEST = 4000


class How(models.TextChoices):
    """How somebody was contacted."""

    SPOKE = "spoke", "Spoke by phone"
    NO_ANSWER = "no answer", "Called, no answer"
    VOICEMAIL = "voicemail", "Left a voice message"
    EMAIL = "email", "Wrote an e-mail"
    VISIT = "visit", "Met in person"


REACHED = frozenset({How.SPOKE, How.EMAIL, How.VISIT, How.VOICEMAIL})
"""A call that nobody answered is no contact yet."""


@transaction.atomic
def change_status(enquiry: Enquiry, *, to: str, by: Any, reason: str = "", seen: str = "") -> Enquiry:
    """Move an enquiry along the table. ``seen`` is the status that the person acted on, where they saw one."""
    found = _locked(enquiry, by)
    before = found.status
    if seen and seen != before:
        raise Stale(f"This enquiry is now {_words(before)}: a colleague moved it. Nothing was changed.")
    if to == before:
        return found
    if not is_open(before, to):
        raise Refused(f"An enquiry that is {_words(before)} cannot become {_words(to)}.")
    if to in Enquiry.NEEDS_REASON and reason not in Enquiry.ClosedReason.values:
        raise Refused("Say why this enquiry ends.")
    found.status = to
    is_over = to in Enquiry.OVER
    found.closed_at = timezone.now() if is_over else None
    found.closed_reason = reason if to in Enquiry.NEEDS_REASON else ""
    found.follow_up_on = None if is_over else found.follow_up_on
    if to in SPOKEN_TO and found.first_contacted_at is None:
        found.first_contacted_at = timezone.now()
    found.save(update_fields=["status", "closed_at", "closed_reason", "follow_up_on", "first_contacted_at"])
    words = found.get_closed_reason_display() if found.closed_reason else ""
    note(found.contact, Kind.STATUS, words, by=by, enquiry=found, status_from=before, status_to=to)
    if to == Status.CONVERTED:
        count_week(Enquiry.FORM, {WeeklyTotal.By.EVENT: (Status.CONVERTED,)})
    record("moved an enquiry", by=by, obj=found.contact, enquiry=found.pk, before=before, after=to)
    return found


@transaction.atomic
def assign(enquiry: Enquiry, *, to: Any, by: Any) -> Enquiry:
    """Give an enquiry to a colleague who may see it, or to nobody."""
    found = _locked(enquiry, by)
    if to is not None and not can(to, Action.SEE_LEADS):
        raise Refused("This colleague does not work with enquiries.")
    if found.assignee_id == (to.pk if to is not None else None):
        return found
    found.assignee = to
    found.save(update_fields=["assignee"])
    note(found.contact, Kind.ASSIGNMENT, str(to) if to is not None else "nobody", by=by, enquiry=found)
    record("assigned an enquiry", by=by, obj=found.contact, enquiry=found.pk, to=to.pk if to is not None else None)
    return found


@transaction.atomic
def follow_up(enquiry: Enquiry, *, on: datetime.date | None, by: Any) -> Enquiry:
    """Set the day on which the enquiry comes up again. Whoever plans an enquiry of nobody takes it."""
    found = _locked(enquiry, by)
    if found.is_over and on is not None:
        raise Refused("This enquiry is over. Take it up again first.")
    if on is not None and on < timezone.localdate():
        raise Refused("Choose today or a later day.")
    if found.follow_up_on == on:
        return found
    found.follow_up_on = on
    if found.assignee_id is None and on is not None:
        found.assignee = by
    found.save(update_fields=["follow_up_on", "assignee"])
    note(found.contact, Kind.FOLLOW_UP, on.isoformat() if on else "no day", by=by, enquiry=found)
    record("planned a follow-up", by=by, obj=found.contact, enquiry=found.pk)
    return found


@transaction.atomic
def log_contact(enquiry: Enquiry, *, how: str, by: Any, text: str = "") -> Enquiry:
    """Write down a call or a letter. The first that reached the person ends the wait (LEAD-97)."""
    found = _locked(enquiry, by)
    if how not in How.values:
        raise Refused("Say how the person was contacted.")
    label = How(how).label
    note(found.contact, Kind.CALL, f"{label}. {text}".strip() if text else f"{label}.", by=by, enquiry=found)
    record("logged a contact", by=by, obj=found.contact, enquiry=found.pk, how=how)
    if how in REACHED and found.first_contacted_at is None:
        found.first_contacted_at = timezone.now()
        found.save(update_fields=["first_contacted_at"])
    if how in REACHED and found.status == Status.NEW:
        return change_status(found, to=Status.CONTACTED, by=by)
    return found


@transaction.atomic
def add_note(contact: Contact, *, text: str, by: Any, enquiry: Enquiry | None = None) -> TimelineEntry:
    """Write a sealed note into the timeline."""
    contact = held(contact, by)
    if not text.strip():
        raise Refused("Write the note first.")
    entry = note(contact, Kind.NOTE, text.strip()[:LONGEST], by=by, enquiry=enquiry)
    record("wrote a note", by=by, obj=contact)
    return entry


def require_right(by: Any) -> None:
    if not can(by, Action.SEE_LEADS):
        raise Refused("Your role does not work with enquiries. Ask the owner if it should.")


def held(contact: Contact, by: Any) -> Contact:
    """``contact``, locked until the transaction ends, for whoever may work with people."""
    require_right(by)
    found = Contact.objects.select_for_update().get(pk=contact.pk)
    if found.is_erased:
        raise Refused("This person was erased; nothing more is kept about them.")
    return found


def _locked(enquiry: Enquiry, by: Any) -> Enquiry:
    require_right(by)
    found = Enquiry.objects.select_for_update(of=("self",)).select_related("contact").get(pk=enquiry.pk)
    if found.contact.is_erased or found.emptied_at is not None:
        raise Refused("This person was erased, or the time of the request is over; nothing more is kept.")
    if not found.is_let_through:
        raise Refused("This request is in quarantine. Release it first.")
    return found


def _words(status: str) -> str:
    return Status(status).label.lower() if status in Status.values else "something else"
