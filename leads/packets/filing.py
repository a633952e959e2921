"""The booklet for whoever presses the button: made by the worker, kept sealed for minutes, never made by the web.

A request only orders it and looks whether it is there (LEAD-89). What the cache holds for that short time opens with
the field keys alone, and its name there is a row's number.
"""

from __future__ import annotations

import logging
import time

from django.core.cache import cache
from django.tasks import task
from django.utils import timezone

from stemsite.crypto import seal_bytes, unseal_bytes
from stemsite.publishing.models import Version

from ..models import PacketCopy, PacketRequest
from . import making
from .sending import keep_copy

logger = logging.getLogger(__name__)

KEPT = 10 * 60
"""Seconds that a booklet waits to be fetched."""

ORDER_AGAIN = 20
PATIENCE = 2.5
LOOK_EVERY = 0.1
FAILED = b"failed"


class CannotBeMade(Exception):
    """The booklet failed; its words stand on the page."""


def _place(asked: int) -> str:
    return f"packet-file:{asked}"


def _context(asked: int) -> str:
    return f"leads.packet-file:{asked}"


def ready(asked: PacketRequest) -> bytes | None:
    """The booklet, if it is there."""
    kept = cache.get(_place(asked.pk))
    if kept == FAILED:
        raise CannotBeMade
    return unseal_bytes(kept, context=_context(asked.pk)) if kept else None


def ordered(asked: PacketRequest, *, patience: float | None = None) -> bytes | None:
    """The booklet; where it is not there yet it is ordered, and waited for a moment."""
    until = time.monotonic() + (PATIENCE if patience is None else patience)
    if (made := ready(asked)) is not None:
        return made
    if cache.add(f"{_place(asked.pk)}:ordered", True, ORDER_AGAIN):
        make_file.enqueue(asked.pk)
    while time.monotonic() < until:
        time.sleep(LOOK_EVERY)
        if (made := ready(asked)) is not None:
            return made
    return None


@task(queue_name="due")
def make_file(asked_id: int) -> None:
    """Make the booklet of a request as of now, and note that copy; runs in the worker."""
    asked = PacketRequest.objects.select_related("contact").filter(pk=asked_id, emptied_at=None).first()
    if asked is None or asked.contact.is_erased or not asked.packet_version:
        return
    at = timezone.now()
    try:
        version = Version.objects.prefetch_related("sign_offs").get(pk=int(asked.packet_version))
        shown = making.document_of(version, at=at)
        made = making.booklet_of(shown, name=asked.name, at=at)
    except Exception:
        logger.exception("packet alert: a booklet could not be made", extra={"facts": {"request": asked_id}})
        cache.set(_place(asked_id), FAILED, ORDER_AGAIN * 3)
        return
    cache.set(_place(asked_id), seal_bytes(made, context=_context(asked_id)), KEPT)
    keep_copy(asked, version, shown, how=PacketCopy.How.FETCHED, at=at)


def note_fetched(asked: PacketRequest) -> None:
    """When the file first left for its reader; whether they read it, nobody knows."""
    PacketRequest.objects.filter(pk=asked.pk, fetched_at=None).update(fetched_at=timezone.now())
