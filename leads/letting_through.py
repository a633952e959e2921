"""What follows from a request that was let through: its letters, a place on the list, a word to staff.

A request from quarantine is let through later, by staff, and a held one by its own link; each exactly once (LEAD-27).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from stemsite.audit.recording import record

from . import letters, subscribing
from .counting import keep_count
from .models import Enquiry, PacketRequest, Request
from .pipeline.rotating import give_out

Standing = Request.Standing


def let_through(request: Request) -> None:
    """Queue everything the request asked for, in the caller's transaction."""
    contact = request.contact
    if isinstance(request, PacketRequest):
        letters.send("packet", request)
    if isinstance(request, Enquiry):
        give_out(request)
        letters.tell_staff(is_sample=request.is_sample)
        if contact.email:
            letters.send("receipt", request)
    if request.wants_newsletter and contact.email:
        subscribing.ask(contact, request)


def send_way_on(request: Request) -> None:
    letters.send("way_on", request)


@transaction.atomic
def release(request: Request, *, by: Any = None) -> bool:
    """Let a request out of quarantine, or on by its own link; false when somebody did so before."""
    waiting = type(request)._default_manager.filter(
        pk=request.pk, standing__in=(Standing.QUARANTINED, Standing.HELD), emptied_at=None
    )
    before = request.standing
    if not waiting.update(standing=Standing.RELEASED, released_at=timezone.now(), released_by=by):
        return False
    request.refresh_from_db()
    let_through(request)
    keep_count(f"{request.FORM}:{before}", number=-1)
    keep_count(f"{request.FORM}:{Standing.RELEASED}")
    if by is not None:
        record("released a request from quarantine", by=by, obj=request)
    return True
