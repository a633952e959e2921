"""Writing to the chain, and proving it whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from .models import AuditEvent, ChainHead


@transaction.atomic
def record(verb: str, *, by: Any, obj: models.Model | None = None, note: str = "", **detail: Any) -> AuditEvent:
    """Append one event in the caller's transaction. ``by`` is a member of staff, or none for the system.

    The head row is locked, so parallel writers queue up and the numbers have no gaps.
    """
    head = hold_chain()
    event = _event(head, verb, by=by, obj=obj, note=note, detail=detail)
    event.save()
    ChainHead.objects.filter(pk=1).update(length=event.number, hash=event.hash)
    return event


@transaction.atomic
def record_each(verb: str, objs: Iterable[models.Model], *, by: Any, note: str = "", **detail: Any) -> int:
    """Append one event for each of ``objs``, together; for as many as one transaction should hold."""
    head = hold_chain()
    events = []
    for obj in objs:
        event = _event(head, verb, by=by, obj=obj, note=note, detail=detail)
        events.append(event)
        head.length, head.hash = event.number, event.hash
    AuditEvent.objects.bulk_create(events)
    ChainHead.objects.filter(pk=1).update(length=head.length, hash=head.hash)
    return len(events)


def _event(
    head: ChainHead, verb: str, *, by: Any, obj: models.Model | None, note: str, detail: dict[str, Any]
) -> AuditEvent:
    event = AuditEvent(
        number=head.length + 1,
        at=timezone.now(),
        actor_id=by.pk if by is not None else None,
        actor=str(by)[:150] if by is not None else "system",
        verb=verb,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_label=str(obj)[:200] if obj is not None else "",
        note=note,
        detail=detail,
        previous_hash=head.hash,
    )
    event.hash = event.computed_hash()
    return event


def hold_chain() -> ChainHead:
    """The end of the chain, locked until the transaction ends.

    Whoever takes other locks that everybody needs takes this one first, so that two of them never wait for each other.
    """
    head = ChainHead.objects.select_for_update().filter(pk=1).first()
    if head is not None:
        return head
    ChainHead.objects.get_or_create(pk=1)
    return ChainHead.objects.select_for_update().get(pk=1)


def first_break() -> str | None:
    """What is wrong with the chain, at the first place where it is, or none when it is whole."""
    previous = ""
    number = 0
    for event in AuditEvent.objects.order_by("number").iterator():
        if event.number != number + 1:
            return f"Event {number + 1} is missing."
        if event.previous_hash != previous:
            return f"Event {event.number} does not follow the event before it."
        if event.hash != event.computed_hash():
            return f"Event {event.number} was changed after it was written."
        previous, number = event.hash, event.number
    head = ChainHead.objects.filter(pk=1).first() or ChainHead()
    if head.length != number or head.hash != previous:
        return f"The chain ends at event {number}, but {head.length} events were written."
    return None
