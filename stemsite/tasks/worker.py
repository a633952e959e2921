"""The worker: one process, three lanes, so that no job of one lane delays another."""

from __future__ import annotations

import contextlib
import datetime
import logging
import os
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from django.db import DatabaseError, close_old_connections, connection
from django.tasks.base import TaskContext
from django.utils import timezone
from django.utils.json import normalize_json
from django.utils.module_loading import import_string

from stemsite.days import days_of_the_clinic
from stemsite.sqlite.folding import fold_until

from . import leases, periodic
from .backend import LANES, AnyTask, as_result
from .leases import LeasedRow
from .models import Heartbeat, Job

logger = logging.getLogger(__name__)

Pump = Callable[[], int]
"""Does what is due of one kind of work, a little at a time, and returns how much that was."""

BEAT = datetime.timedelta(seconds=15)
SILENT_AFTER = datetime.timedelta(minutes=2)

_stopping: ContextVar[threading.Event | None] = ContextVar("stopping", default=None)

_pumps: dict[str, list[Pump]] = {lane: [] for lane in LANES}


def register_pump(lane: str, pump: Pump) -> None:
    """Let ``lane`` also call ``pump`` at every turn, from ``ready()``."""
    if pump not in _pumps[lane]:
        _pumps[lane].append(pump)


def is_stopping() -> bool:
    """Whether the worker that runs this was told to stop: a pump then begins nothing new."""
    stopping = _stopping.get()
    return stopping is not None and stopping.is_set()


class Worker:
    """Runs until told to stop; a job in hand is finished, or given back when it takes longer than ``patience``."""

    def __init__(self, *, pause: float = 0.5, patience: float = 20.0) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self.pause = pause
        self.patience = patience
        self.stopping = threading.Event()
        self.in_hand: dict[str, Job] = {}

    def run(self) -> None:
        lanes = [threading.Thread(target=self._lane, args=(lane,), name=lane, daemon=True) for lane in LANES]
        folding = threading.Thread(target=fold_until, args=(self.stopping,), name="folding", daemon=True)
        for lane in (*lanes, folding):
            lane.start()
        started_at = timezone.now()
        while not self.stopping.wait(0):
            self._safely(lambda: self._beat(started_at))
            if self.stopping.wait(BEAT.total_seconds()):
                break
        for lane in lanes:
            lane.join(self.patience / len(lanes))
        folding.join(self.patience / len(lanes))
        for job in list(self.in_hand.values()):
            job.give_back()
        Heartbeat.objects.filter(worker=self.name).delete()

    def stop(self) -> None:
        self.stopping.set()

    def _lane(self, lane: str) -> None:
        _stopping.set(self.stopping)
        while not self.stopping.is_set():
            done = self._safely(lambda: self._turn_of_today(lane))
            if not done:
                self.stopping.wait(self.pause)
        connection.close()

    def _turn_of_today(self, lane: str) -> int:
        """The clinic's today, read anew at each turn: a worker runs for months, and the zone may be changed."""
        with days_of_the_clinic():
            return self._turn(lane)

    def _turn(self, lane: str) -> int:
        """One round of a lane: what comes round, its pumps, then one job."""
        done = periodic.run_due(lane)
        for pump in _pumps[lane]:
            done += pump()
        job = Job.objects.filter(lane=lane).claim_next()
        if job is not None and not self.stopping.is_set():
            self.in_hand[lane] = job
            run_job(job, self.name)
            self.in_hand.pop(lane, None)  # Not after an exception: then the outcome is unwritten, and it is given back.
            done += 1
        elif job is not None:
            job.give_back()
        return done

    def _safely(self, act: Callable[[], int | None]) -> int:
        """A lost connection or a long lock costs a turn, never the worker."""
        try:
            close_old_connections()
            return act() or 0
        except DatabaseError:
            logger.warning("worker: the database did not answer; trying again", exc_info=True)
            with contextlib.suppress(DatabaseError):
                connection.close()
        except Exception:
            logger.exception("worker: a turn failed")
        self.stopping.wait(self.pause * 4)
        return 0

    def _beat(self, started_at: datetime.datetime) -> None:
        now = timezone.now()
        Heartbeat.objects.update_or_create(worker=self.name, defaults={"started_at": started_at, "seen_at": now})
        Heartbeat.objects.filter(seen_at__lt=now - datetime.timedelta(days=1)).delete()


def run_job(job: Job, worker: str = "") -> None:
    """Run one claimed job and write its outcome, renewing the lease meanwhile."""
    job.worker = worker
    Job.objects.filter(pk=job.pk, lease_token=job.lease_token).update(worker=worker)
    try:
        with renewing(job):
            value = normalize_json(_call(job, import_string(job.task)))
    except Exception:
        logger.exception("job %s failed", job.task)
        job.fail(traceback.format_exc(limit=12))
    else:
        job.finish(result=value)


def _call(job: Job, task: AnyTask) -> object:
    if task.takes_context:
        return task.call(TaskContext(task_result=as_result(job, task, task.backend)), *job.args, **job.kwargs)
    return task.call(*job.args, **job.kwargs)


@contextlib.contextmanager
def renewing(row: LeasedRow) -> Iterator[None]:
    """Keep the lease of ``row`` alive from a second thread while the work runs."""
    over = threading.Event()

    def keep() -> None:
        while not over.wait(leases.LEASE.total_seconds() / 3):
            with contextlib.suppress(DatabaseError):
                row.renew()
        connection.close()

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)


def last_seen() -> datetime.datetime | None:
    """When any worker was last seen; none when there never was one (PUB-66)."""
    return Heartbeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()


def is_silent() -> bool:
    seen = last_seen()
    return seen is None or timezone.now() - seen > SILENT_AFTER
