"""What happened to a paper: recorded and ended here, and shown at once wherever the paper stands (PUB-14)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
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
    IntegrityEvent.Kind.NEWER,
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
    reasons: Sequence[str] = (),
) -> IntegrityEvent:
    """Note a retraction, concern or correction; readers see it from this commit on. ``by`` is none for the monitor."""
    event = IntegrityEvent(
        reference=reference,
        kind=kind,
        source=source,
        notice=notice,
        notice_url=notice_url,
        notice_on=notice_on,
        reasons=list(reasons),
        first_seen_at=timezone.now(),
        last_seen_at=timezone.now(),
        is_sample=reference.is_sample,
    )
    event.full_clean()
    event.save(force_insert=True)
    _follow(event, "integrity event recorded", by=by)
    return event


@transaction.atomic
def end_event(
    event: IntegrityEvent,
    *,
    because: str,
    by: Any,
    wrong_match: bool = False,
    taken_back_on: datetime.date | None = None,
) -> IntegrityEvent:
    """Close an event, as when a notice was wrong or taken back; it stays on the record."""
    if not because.strip():
        raise ValidationError({"ended_because": "Say why the event ended."})
    ended = IntegrityEvent.objects.filter(pk=event.pk, ended_at=None).update(
        ended_at=timezone.now(),
        ended_because=because.strip(),
        ended_by=by,
        is_wrong_match=wrong_match,
        taken_back_on=taken_back_on,
    )
    if not ended:
        raise ValidationError("This event has already ended.")
    event.refresh_from_db()
    _follow(event, "integrity event ended", by=by, note=event.ended_because)
    return event


@transaction.atomic
def doubt(event: IntegrityEvent, *, because: str, by: Any) -> None:
    """Say that the event is not about this paper; readers see it until a second person says so too (EVD-56)."""
    if not because.strip():
        raise Refused("Say why this notice is not about this paper.")
    doubted = IntegrityEvent.objects.filter(pk=event.pk, ended_at=None, doubted_at=None).update(
        doubted_at=timezone.now(), doubted_by=by, doubted_because=because.strip()[:300]
    )
    if not doubted:
        raise Stale("Somebody has said so already, or the event has ended.")
    record("integrity event doubted", by=by, obj=event.reference, note=because.strip(), event=event.pk)


@transaction.atomic
def confirm_doubt(event: IntegrityEvent, *, by: Any) -> IntegrityEvent:
    """The second person agrees: the event ends, and returns only when its source says something else."""
    event = _doubted(event)
    if by.pk == event.doubted_by_id:
        raise Refused("You said so yourself. A colleague has to look at it too.")
    return end_event(event, because=f"Wrong match: {event.doubted_because}"[:300], by=by, wrong_match=True)


@transaction.atomic
def dismiss_doubt(event: IntegrityEvent, *, by: Any) -> None:
    """The notice is about this paper after all, or whoever doubted it takes that back."""
    event = _doubted(event)
    IntegrityEvent.objects.filter(pk=event.pk).update(doubted_at=None, doubted_by=None, doubted_because="")
    record("integrity event stands", by=by, obj=event.reference, note=event.doubted_because, event=event.pk)


def _doubted(event: IntegrityEvent) -> IntegrityEvent:
    found = IntegrityEvent.objects.select_for_update().filter(pk=event.pk, ended_at=None).first()
    if found is None or found.doubted_at is None:
        raise Stale("Nobody says any more that this notice is about another paper.")
    return found


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
