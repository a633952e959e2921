"""Work that comes round: registered by each app, due by a row, run once however many workers there are."""

from __future__ import annotations

import datetime
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from .models import PeriodicRun

Work = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    name: str
    every: datetime.timedelta
    lane: str
    run: Work


_jobs: dict[str, Periodic] = {}


def periodic(name: str, *, every: datetime.timedelta, lane: str, run: Work) -> None:
    """Register ``run`` to be called every so often, from ``ready()``. It is safe to run late or twice."""
    _jobs[name] = Periodic(name=name, every=every, lane=lane, run=run)


def run_due(lane: str) -> int:
    """Run what has come round in ``lane``. A missed run is caught up once, not once per miss."""
    return sum(_claim(job) and _run(job) for job in _jobs.values() if job.lane == lane)


def _claim(job: Periodic) -> bool:
    now = timezone.now()
    row, made = PeriodicRun.objects.get_or_create(
        name=job.name, defaults={"due_at": now + job.every, "last_started_at": now}
    )
    if made:
        return True
    if row.due_at - now > job.every:  # The clock was set back: do not wait for the old time.
        PeriodicRun.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=now + job.every)
        return False
    if row.due_at > now:
        return False
    due = PeriodicRun.objects.filter(pk=row.pk, due_at=row.due_at)
    return due.update(due_at=now + job.every, last_started_at=now) == 1


def _run(job: Periodic) -> bool:
    row = PeriodicRun.objects.filter(name=job.name)
    try:
        job.run()
    except Exception:
        row.update(last_error=traceback.format_exc(limit=8), last_finished_at=timezone.now())
        raise
    row.update(last_error="", last_finished_at=timezone.now())
    return True
