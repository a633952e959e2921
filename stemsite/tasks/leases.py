"""One leased row: work that is claimed, renewed, finished, retried or given back; never lost, never done by two.

A claim is a conditional update, so it works alike on SQLite and PostgreSQL. The token fences:
a worker whose lease ran out and was taken by another can no longer write its outcome.
"""

from __future__ import annotations

import datetime
import random
import uuid
from typing import Any, ClassVar, Self

from django.db import connections, models, transaction
from django.db.models import F, Q
from django.utils import timezone

LEASE = datetime.timedelta(seconds=60)
BACK_OFF = tuple(datetime.timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 21600))


class LeasedQuerySet[R: "LeasedRow"](models.QuerySet[R]):
    def queued_now(self) -> Self:
        """Due and claimed by nobody."""
        return self.filter(state="queued", due_at__lte=timezone.now())

    def left_behind(self) -> Self:
        """Claimed by a worker whose lease ran out."""
        return self.filter(state="leased", lease_until__lt=timezone.now())

    def anything_claimable(self) -> bool:
        """Whether there is work; only reads, so that idle workers take no write lock."""
        return self.queued_now().exists() or self.left_behind().exists()

    def claim_next(self, *, lease: datetime.timedelta | None = None) -> R | None:
        """Claim the most urgent row, or none when nothing is due or another worker was first to all of it.

        Work that took its worker along at every attempt is given up, so that it cannot do so for ever. Where nothing is
        claimable this only reads.
        """
        if not connections[self.db].features.has_select_for_update_skip_locked:
            return self._claim_one(self, lease)
        with transaction.atomic(using=self.db):
            return self._claim_one(self.select_for_update(skip_locked=True), lease)

    def _claim_one(self, rows: Self, lease: datetime.timedelta | None) -> R | None:
        """The first of the most urgent ``rows`` that is still free. Two queries, each along the index."""
        order = ("-priority", "due_at", "pk")
        found = [*rows.queued_now().order_by(*order)[:5], *rows.left_behind().order_by(*order)[:5]]
        for row in sorted(found, key=lambda row: (-row.priority, row.due_at, row.pk)):
            if row.state == "leased" and row.is_hopeless:
                row.fail("Every worker that tried this stopped before it was done.", final=True)
            elif (claimed := self.claim(row.pk, lease=lease)) is not None:
                return claimed
        return None

    def claim(self, pk: int, *, lease: datetime.timedelta | None = None) -> R | None:
        now = timezone.now()
        free = Q(state="queued", due_at__lte=now) | Q(state="leased", lease_until__lt=now)
        claimed = self.filter(free, pk=pk).update(
            **self.model.claiming(), lease_until=now + (lease or LEASE), lease_token=uuid.uuid4(), started_at=now
        )
        return self.get(pk=pk) if claimed else None


class LeasedRow(models.Model):
    """What is common: ``queued``, ``leased`` and ``failed``. A subclass names how it ends well, and other ends."""

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        LEASED = "leased", "in hand"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    WELL: ClassVar[str] = State.DONE

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
                name="%(class)s_leased_has_lease",
                condition=~Q(state="leased") | Q(lease_until__isnull=False, lease_token__isnull=False),
                violation_error_message="Work in hand has a lease.",
            ),
        )

    @classmethod
    def claiming(cls) -> dict[str, Any]:
        """What a claim writes besides the lease."""
        return {"state": "leased", "attempts": F("attempts") + 1}

    @property
    def is_hopeless(self) -> bool:
        """Whether a row that was left behind has taken too many workers along."""
        return self.attempts >= self.max_attempts

    def next_pause(self) -> datetime.timedelta | None:
        """How long to wait before the next try; none when there is no next."""
        if self.attempts >= self.max_attempts:
            return None
        return BACK_OFF[min(self.attempts, len(BACK_OFF)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311

    def _mine(self) -> models.QuerySet[Self]:
        return type(self)._default_manager.filter(pk=self.pk, state="leased", lease_token=self.lease_token)

    def renew(self, lease: datetime.timedelta | None = None) -> bool:
        """Prolong the claim; false when it was lost meanwhile."""
        return bool(self._mine().update(lease_until=timezone.now() + (lease or LEASE)))

    def finish(self, **fields: Any) -> bool:
        """Done; false when the claim was lost, and then nothing is written."""
        return self.close(self.WELL, **{"last_error": "", **fields})

    def give_back(self) -> bool:
        """Return unfinished work, as on SIGTERM: due at once, the attempt not counted."""
        return self.requeue(due_at=F("due_at"), attempts=F("attempts") - 1)

    def fail(self, error: str, *, final: bool = False, **fields: Any) -> bool:
        """Try again later with growing pauses, or give up when these are used up or when ``final``."""
        pause = None if final else self.next_pause()
        if pause is None:
            return self.close("failed", last_error=error, **fields)
        return self.requeue(due_at=timezone.now() + pause, last_error=error, **fields)

    def retry(self) -> bool:
        """A person asks for another try of failed work."""
        return bool(
            type(self)
            ._default_manager.filter(pk=self.pk, state="failed")
            .update(state="queued", due_at=timezone.now(), attempts=0, finished_at=None)
        )

    def requeue(self, **fields: Any) -> bool:
        """Back into the queue, with ``fields`` written; false when the claim was lost."""
        return bool(self._mine().update(state="queued", lease_until=None, lease_token=None, **fields))

    def close(self, state: str, **fields: Any) -> bool:
        """The end in ``state``; false when the claim was lost."""
        return bool(
            self._mine().update(state=state, finished_at=timezone.now(), lease_until=None, lease_token=None, **fields)
        )
