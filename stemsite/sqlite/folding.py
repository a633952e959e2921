"""Moving what was committed from the log of SQLite into its file, apart from those who commit.

Left alone, SQLite does this in the commit that happens to fill the log, with two more waits for the disk.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from django.db import DatabaseError, connection

EVERY = 1.0
WORTH_IT = 1_000_000
"""Bytes of log. The settings let a commit do it at sixteen times as much, where no worker is there."""


def fold() -> bool:
    """Move what no reader needs any more; waits for nobody. False where there was little, or another database."""
    if connection.vendor != "sqlite" or _log_size() < WORTH_IT:
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        cursor.fetchall()
    return True


def fold_until(stopping: threading.Event) -> None:
    """In a thread of its own, until told to stop; a disk that is full now is tried again later."""
    if connection.vendor != "sqlite":
        return
    while not stopping.wait(EVERY):
        with contextlib.suppress(DatabaseError, OSError):
            fold()
    connection.close()


def _log_size() -> int:
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    return log.stat().st_size if log.exists() else 0
