"""The booklet for whoever presses a button: made by the worker, kept sealed for minutes, never made by the web.

A request only orders it and looks whether it is there (LEAD-89). What the cache holds for that short time opens with
the field keys alone, and its name there is a row's number.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

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
SAMPLE_NAME = "Sample Reader"


class CannotBeMade(Exception):
    """The booklet failed; its words stand on the page."""


def ordered(asked: PacketRequest) -> bytes | None:
    """The booklet of a request; none while it is still being made."""
    return _ordered(_of_request(asked.pk), lambda: make_file.enqueue(asked.pk))


def ordered_preview(version: Version) -> bytes | None:
    """The booklet of a version for staff, with a sample name; none while it is still being made."""
    return _ordered(_of_version(version.pk), lambda: make_preview.enqueue(version.pk))


def ready(place: str) -> bytes | None:
    """The booklet, if it is there."""
    kept = cache.get(place)
    if kept == FAILED:
        raise CannotBeMade
    return unseal_bytes(kept, context=place) if kept else None


@task(queue_name="due")
def make_file(asked_id: int) -> None:
    """Make the booklet of a request as of now, and note that copy; runs in the worker."""
    asked = PacketRequest.objects.select_related("contact").filter(pk=asked_id, emptied_at=None).first()
    if asked is None or asked.contact.is_erased or not asked.packet_version:
        return
    at = timezone.now()
    with _Making(_of_request(asked_id)) as making_of:
        version = Version.objects.prefetch_related("sign_offs").get(pk=int(asked.packet_version))
        shown = making.document_of(version, at=at)
        making_of.keep(making.booklet_of(shown, name=asked.name, at=at))
        keep_copy(asked, version, shown, how=PacketCopy.How.FETCHED, at=at)


@task(queue_name="due")
def make_preview(version_id: int) -> None:
    """Make the booklet of a version as staff will see it; runs in the worker."""
    at = timezone.now()
    with _Making(_of_version(version_id)) as making_of:
        version = Version.objects.select_related("page").prefetch_related("sign_offs").get(pk=version_id)
        shown = making.document_of(version, at=at, preview=version.page.live_version_id != version.pk)
        making_of.keep(making.booklet_of(shown, name=SAMPLE_NAME, at=at))


class _Making:
    """Keeps what was made, or that it failed; a failure is told to staff and is not tried for ever."""

    def __init__(self, place: str) -> None:
        self.place = place

    def keep(self, made: bytes) -> None:
        cache.set(self.place, seal_bytes(made, context=self.place), KEPT)

    def __enter__(self) -> _Making:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        logger.error("packet alert: a booklet could not be made", exc_info=error, extra={"facts": {"of": self.place}})
        cache.set(self.place, FAILED, ORDER_AGAIN * 3)
        return True


def note_fetched(asked: PacketRequest) -> None:
    """When the file first left for its reader; whether they read it, nobody knows."""
    PacketRequest.objects.filter(pk=asked.pk, fetched_at=None).update(fetched_at=timezone.now())


def _of_request(pk: int) -> str:
    return f"packet-file:request-{pk}"


def _of_version(pk: int) -> str:
    return f"packet-file:version-{pk}"


def _ordered(place: str, order: Callable[[], object]) -> bytes | None:
    """What is at ``place``; where it is not there yet it is ordered once, and waited for a moment."""
    until = time.monotonic() + PATIENCE
    if (made := ready(place)) is not None:
        return made
    if cache.add(f"{place}:ordered", True, ORDER_AGAIN):
        order()
    while time.monotonic() < until:
        time.sleep(LOOK_EVERY)
        if (made := ready(place)) is not None:
            return made
    return None
