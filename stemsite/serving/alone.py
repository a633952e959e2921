"""One process at a time makes a page that many ask for; the others wait for it, but not for ever."""

from __future__ import annotations

import fcntl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings

PLACES = 64
PATIENCE = 5.0
_PAUSE = 0.005


@contextmanager
def alone(address: str) -> Iterator[bool]:
    """Hold the place of ``address``; says whether somebody else held it first, so that one looks again.

    It is a courtesy, never a guard: after ``PATIENCE`` seconds, or without a disk, one goes on without it.
    """
    place = _place(address)
    if place is None:
        yield False
        return
    with place:
        yield _take(place)


def _place(address: str) -> IO[bytes] | None:
    folder = settings.DATA_DIR / "page-store"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / f"place-{zlib.crc32(address.encode()) % PLACES}").open("wb")
    except OSError:
        return None


def _take(place: IO[bytes]) -> bool:
    began = time.monotonic()
    waited = False
    while True:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = True
            if time.monotonic() - began > PATIENCE:
                return waited
            time.sleep(_PAUSE)
        else:
            return waited
