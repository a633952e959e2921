"""One leased row: work that is claimed, renewed, finished, retried or given back; never lost, never done by two.

A claim is a conditional update, so it works alike on SQLite and PostgreSQL. The token fences:
a worker whose lease ran out and was taken by another can no longer write its outcome.
"""

from __future__ import annotations

import datetime
import random
import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

LEASE = datetime.timedelta(seconds=60)
BACK_OFF = tuple(datetime.timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 21600))


class LeasedQuerySet[R: "LeasedRow"](models.QuerySet[R]):
    def claimable(self) -> Self:
        """Due and unclaimed, or claimed by a worker whose lease ran out."""
        now = timezone.now()
        return self.filter(
            Q(state=LeasedRow.State.QUEUED, due_at__lte=now) | Q(state=LeasedRow.State.RUNNING, lease_until__lt=now)
        )

    def claim_next(self, *, lease: datetime.timedelta | None = None) -> R | None:
        """Claim the most urgent row, or none when nothing is due or another worker was first to all of it.

        Work that took its worker along at every attempt is given up, so that it cannot do so for ever.
        """
        for row in self.claimable().order_by("-priority", "due_at", "pk")[:5]:
            if row.state == LeasedRow.State.RUNNING and row.attempts >= row.max_attempts:
                row.fail("Every worker that tried this stopped before it was done.", final=True)
            elif (claimed := self.claim(row.pk, lease=lease)) is not None:
                return claimed
        return None

    def claim(self, pk: int, *, lease: datetime.timedelta | None = None) -> R | None:
        now = timezone.now()
        token = uuid.uuid4()
        claimed = (
            self.filter(pk=pk)
            .claimable()
            .update(
                state=LeasedRow.State.RUNNING,
                lease_until=now + (lease or LEASE),
                lease_token=token,
                attempts=F("attempts") + 1,
                started_at=now,
            )
        )
        return self.get(pk=pk) if claimed else None


class LeasedRow(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    priority = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=6)
    last_error = models.TextField(blank=True)

    class Meta:
        abstract = True
        indexes = (models.Index(fields=["state", "due_at"], name="%(class)s_claimable"),)
        constraints = (
            models.CheckConstraint(
                name="%(class)s_running_has_lease",
                condition=~Q(state="running") | Q(lease_until__isnull=False, lease_token__isnull=False),
                violation_error_message="Running work has a lease.",
            ),
        )

    def _mine(self) -> models.QuerySet[Self]:
        return type(self)._default_manager.filter(pk=self.pk, state=self.State.RUNNING, lease_token=self.lease_token)

    def renew(self, lease: datetime.timedelta | None = None) -> bool:
        """Prolong the claim; false when it was lost meanwhile."""
        return bool(self._mine().update(lease_until=timezone.now() + (lease or LEASE)))

    def finish(self, **fields: object) -> bool:
        """Done; false when the claim was lost, and then nothing is written."""
        return self._close(self.State.DONE, last_error="", **fields)

    def give_back(self) -> bool:
        """Return unfinished work, as on SIGTERM: due at once, the attempt not counted."""
        return bool(
            self._mine().update(state=self.State.QUEUED, lease_until=None, lease_token=None, attempts=F("attempts") - 1)
        )

    def fail(self, error: str, *, final: bool = False) -> bool:
        """Try again later with growing pauses, or give up after ``max_attempts`` or when ``final``."""
        if final or self.attempts >= self.max_attempts:
            return self._close(self.State.FAILED, last_error=error)
        pause = BACK_OFF[min(self.attempts, len(BACK_OFF)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311
        return bool(
            self._mine().update(
                state=self.State.QUEUED,
                due_at=timezone.now() + pause,
                lease_until=None,
                lease_token=None,
                last_error=error,
            )
        )

    def retry(self) -> bool:
        """A person asks for another try of failed work."""
        return bool(
            type(self)
            ._default_manager.filter(pk=self.pk, state=self.State.FAILED)
            .update(state=self.State.QUEUED, due_at=timezone.now(), attempts=0, finished_at=None)
        )

    def _close(self, state: str, **fields: object) -> bool:
        return bool(
            self._mine().update(state=state, finished_at=timezone.now(), lease_until=None, lease_token=None, **fields)
        )
