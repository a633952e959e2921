"""What happened to a paper: recorded and ended here, and shown at once wherever the paper stands (PUB-14)."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from stemsite.audit.recording import record
from stemsite.publishing import letters
from stemsite.publishing.gate import Refused, Stale
from stemsite.serving import store

from .library.entries import follow_paper
from .models import IntegrityEvent, Reference

WORST_FIRST = (
    IntegrityEvent.Kind.RETRACTED,
    IntegrityEvent.Kind.PARTLY_RETRACTED,
    IntegrityEvent.Kind.CONCERN,
    IntegrityEvent.Kind.CORRECTED,
)


@transaction.atomic
def record_event(
    reference: Reference,
    *,
    kind: str,
    source: str,
    by: Any,
    notice: str = "",
    notice_url: str = "",
    notice_on: datetime.date | None = None,
) -> IntegrityEvent:
    """Note a retraction, concern or correction; readers see it from this commit on. ``by`` is none for the monitor."""
    event = IntegrityEvent(
        reference=reference,
        kind=kind,
        source=source,
        notice=notice,
        notice_url=notice_url,
        notice_on=notice_on,
        first_seen_at=timezone.now(),
        last_seen_at=timezone.now(),
        is_sample=reference.is_sample,
    )
    event.full_clean()
    event.save(force_insert=True)
    _follow(event, "integrity event recorded", by=by)
    return event


@transaction.atomic
def end_event(event: IntegrityEvent, *, because: str, by: Any) -> IntegrityEvent:
    """Close an event, as when a notice was wrong or taken back; it stays on the record."""
    if not because.strip():
        raise ValidationError({"ended_because": "Say why the event ended."})
    ended = IntegrityEvent.objects.filter(pk=event.pk, ended_at=None).update(
        ended_at=timezone.now(), ended_because=because.strip()
    )
    if not ended:
        raise ValidationError("This event has already ended.")
    event.refresh_from_db()
    _follow(event, "integrity event ended", by=by, note=event.ended_because)
    return event


def worst_standing(reference_id: int) -> str:
    """The worst of the open events, as ``Reference.standing`` holds it."""
    kinds = set(IntegrityEvent.objects.filter(reference_id=reference_id, ended_at=None).values_list("kind", flat=True))
    return next((kind.value for kind in WORST_FIRST if kind in kinds), Reference.Standing.NONE.value)


def _follow(event: IntegrityEvent, verb: str, *, by: Any, note: str = "") -> None:
    """Keep the reference's standing in step, forget what shows the paper, write it down."""
    Reference.objects.filter(pk=event.reference_id).update(standing=worst_standing(event.reference_id))
    follow_paper(event.reference_id)
    store.forget(f"reference:{event.reference_id}", "library")
    record(verb, by=by, obj=event.reference, note=note, kind=event.kind, source=event.source, notice=event.notice)
    letters.source_noticed(
        event.reference_id,
        f"{event.pk}-{'ended' if event.ended_at else 'new'}",
        source=str(event.reference),
        what=_told(event),
    )


def _told(event: IntegrityEvent) -> str:
    """What is known of the event, in a sentence for staff."""
    day = f" of {event.notice_on:%B %-d, %Y}" if event.notice_on else ""
    kind = event.get_kind_display()
    if event.ended_at:
        return f"The notice “{kind}”{day}, known from {event.source}, was lifted: {event.ended_because}"
    return f"{event.source} has a notice{day}: {kind}. {event.notice_url or event.notice}".strip()


@transaction.atomic
def mark_seen(event: IntegrityEvent, *, by: Any, note: str = "") -> None:
    """Take an event off the board; what was done about a retraction or a concern is written down (EVD-82)."""
    grave = {IntegrityEvent.Kind.RETRACTED, IntegrityEvent.Kind.PARTLY_RETRACTED, IntegrityEvent.Kind.CONCERN}
    if event.kind in grave and not note.strip():
        raise Refused("Say what was done about it: that stays with the event.")
    seen = IntegrityEvent.objects.filter(pk=event.pk, seen_at=None).update(
        seen_at=timezone.now(), seen_by=by, seen_note=note.strip()
    )
    if not seen:
        raise Stale("Somebody has looked at this already.")
    record("integrity event seen", by=by, obj=event.reference, note=note.strip(), kind=event.kind)
