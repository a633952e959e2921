"""How fast a source may be asked, and when it must be left alone; one instance for each source and process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

FAILURES_BEFORE_REST = 5
REST_SECONDS = 15 * 60.0


class Pace(Protocol):
    """Hands out moments at which a call may be made, and remembers failures."""

    def reserve(self, interval: float) -> float:
        """Seconds to wait until this caller's turn; the next caller's turn is ``interval`` later."""
        ...

    def resting(self) -> float:
        """Seconds the source is still left alone, or 0."""
        ...

    def succeeded(self) -> None: ...

    def failed(self) -> None: ...


class LocalPace:
    """The pace of one process."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._next_free = 0.0
        self._failures = 0
        self._rests_until = 0.0

    def reserve(self, interval: float) -> float:
        with self._lock:
            now = self._clock()
            turn = max(now, self._next_free)
            self._next_free = turn + interval
            return turn - now

    def resting(self) -> float:
        return max(0.0, self._rests_until - self._clock())

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        """After five failures in a row the source rests for 15 minutes (EVD-24)."""
        self._failures += 1
        if self._failures >= FAILURES_BEFORE_REST:
            self._failures = 0
            self._rests_until = self._clock() + REST_SECONDS
