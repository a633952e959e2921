"""The pace of a source kept in the database, so that all processes together stay within it (EVD-24)."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db.models import F
from django.utils import timezone

from .models import SourceState
from .sources.pace import FAILURES_BEFORE_REST, REST_SECONDS

TRIES = 50


class SharedPace:
    """Hands out moments by moving one row's "next free moment" on: whoever moves it has the turn."""

    def __init__(self, source: str, *, clock: Callable[[], datetime.datetime] = timezone.now) -> None:
        self.source = source
        self._clock = clock

    def reserve(self, interval: float) -> float:
        for _ in range(TRIES):
            row, _made = SourceState.objects.get_or_create(name=self.source)
            now = self._clock()
            turn = max(now, row.next_free_at) if row.next_free_at else now
            mine = SourceState.objects.filter(pk=row.pk, next_free_at=row.next_free_at)
            if mine.update(next_free_at=turn + datetime.timedelta(seconds=interval)):
                return (turn - now).total_seconds()
        return interval * TRIES  # Everybody wants it: then slowly.

    def resting(self) -> float:
        until = SourceState.objects.filter(name=self.source).values_list("rests_until", flat=True).first()
        return max(0.0, (until - self._clock()).total_seconds()) if until else 0.0

    def succeeded(self) -> None:
        SourceState.objects.filter(name=self.source, failures__gt=0).update(failures=0)

    def failed(self) -> None:
        """After five failures in a row the source rests for 15 minutes, for every process."""
        rows = SourceState.objects.filter(name=self.source)
        rows.update(failures=F("failures") + 1)
        until = self._clock() + datetime.timedelta(seconds=REST_SECONDS)
        rows.filter(failures__gte=FAILURES_BEFORE_REST).update(failures=0, rests_until=until)
