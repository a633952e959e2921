"""Whether a form sent now would be stored, and what else runs less well than it should."""

from __future__ import annotations

import datetime
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from stemsite.mail.models import Delivery, Pause
from stemsite.mail.watching import is_late
from stemsite.tasks.models import Job
from stemsite.tasks.worker import is_silent

from .models import Probe

PAUSE = 5.0
"""Seconds for which an answer holds, so that asking often costs nothing."""

LEAST_FREE = 32 * 1024 * 1024
LATE = datetime.timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """``failures`` mean that forms cannot be stored; ``degraded`` that the site works, but somebody should look."""

    failures: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        return "unavailable" if self.failures else "degraded" if self.degraded else "ok"


def examine() -> Readiness:
    """Look now. Reasons are words of ours, never what the database said."""
    failures = tuple(name for name, holds in _NEEDED.items() if not holds())
    if failures:
        return Readiness(failures=failures)
    return Readiness(degraded=tuple(name for name, holds in _WANTED.items() if not holds()))


def _database_writes() -> bool:
    try:
        with transaction.atomic():
            Probe.objects.update_or_create(pk=1, defaults={"written_at": timezone.now()})
    except (DatabaseError, OSError):
        return False
    return True


def _migrated() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def _disk_has_room() -> bool:
    try:
        return shutil.disk_usage(settings.DATA_DIR).free >= LEAST_FREE
    except OSError:
        return False


def _worker_is_seen() -> bool:
    return not is_silent()


def _queue_moves() -> bool:
    before = timezone.now() - LATE
    return not (Job.objects.filter(state=Job.State.QUEUED, due_at__lt=before).exists() or is_late())


def _no_mail_stands_still() -> bool:
    """Neither paused by a fault nor parked after a restore."""
    broken = Pause.objects.filter(scope=Pause.Scope.MAILER)
    return not (broken.exists() or Delivery.objects.filter(state=Delivery.State.PARKED).exists())


def _mail_leaves() -> bool:
    """On a public site letters that go to files reach nobody."""
    return settings.IS_TRIAL or bool(settings.MAIL_URL)


_NEEDED: dict[str, Callable[[], bool]] = {
    "disk": _disk_has_room,
    "migrations": _migrated,
    "database": _database_writes,
}
_WANTED: dict[str, Callable[[], bool]] = {
    "worker": _worker_is_seen,
    "queue": _queue_moves,
    "mail": _mail_leaves,
    "mail stands still": _no_mail_stands_still,
}


@dataclass(slots=True)
class Watch:
    """Remembers the last answer for a few seconds; one thread looks while the others wait for its answer."""

    look: Callable[[], Readiness] = examine
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: tuple[float, Readiness] | None = None

    def readiness(self) -> Readiness:
        with self._lock:
            now = self.clock()
            if self._seen is None or now - self._seen[0] >= PAUSE:
                self._seen = now, self.look()
            return self._seen[1]


watch = Watch()
