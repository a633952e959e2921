"""The names under which a web server in front of us finds stored pages as files, and gives them alone (ADR 22).

There is a name for every hundred seconds of the clock, and the server reads through that of the present: names are only
made for the present and the next, so that they end by themselves when nobody makes any more. A change takes all names
away before anybody says "published". Only the worker makes names (``laying``).
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction

from .memory import counter

logger = logging.getLogger(__name__)

UNIT = 100
"""Seconds for which a name is read: nginx knows them as all but the last two digits of the clock."""


def is_on() -> bool:
    return bool(settings.PAGES_ON_DISK and settings.PAGE_STORE and not settings.SEVERAL_MACHINES)


def names() -> Path:
    return settings.DATA_DIR / "page-store" / "names"


def files() -> Path:
    return settings.DATA_DIR / "page-store" / "files"


def take_away_with_change() -> None:
    """No file is given from the commit of the transaction in hand on; nor if this process dies right after it.

    Also where it was switched off a moment ago, or for this process alone.
    """
    if not (settings.PAGES_ON_DISK or names().exists()):
        return
    take_away()
    waiting = transaction.get_connection().run_on_commit
    if not any(call[1] is take_away for call in waiting):
        transaction.on_commit(take_away)


def take_away() -> None:
    """Once this returns, no file is given that was laid out before."""
    try:
        with _alone():
            for name in names().iterdir():
                name.unlink(missing_ok=True)
    except FileNotFoundError:
        return
    except OSError:
        logger.exception("serving alert: pages on disk could not be taken away; they end within %d seconds", 2 * UNIT)


def make_names(now: float, *, seen: int) -> bool:
    """Let the files be given for this hundred seconds and the next, unless something public changed since ``seen``."""
    with _alone():
        if counter().read() != seen:
            return False
        wanted = {str(int(now) // UNIT + later) for later in (0, 1)}
        for name in names().iterdir():
            if name.name not in wanted:
                name.unlink()
        for one in sorted(wanted - {name.name for name in names().iterdir()}):
            (names() / one).symlink_to(files(), target_is_directory=True)
        return True


def end_of_names(now: float) -> float:
    """When the last of the names that ``make_names(now)`` makes is read no more."""
    return (now // UNIT + 2) * UNIT


@contextmanager
def _alone() -> Iterator[None]:
    """Held for moments, and never while a database is asked."""
    place = os.open(names().parent / "names.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)
