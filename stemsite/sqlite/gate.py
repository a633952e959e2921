"""A queue before SQLite's write lock, across threads and processes: who came first writes first (LEAD-130).

SQLite's own waiters look again after growing pauses, so one that has waited for long is overtaken by all that come.
Here the threads of a process stand in a line, and the foremost of each process waits at a file beside the database.
The kernel opens a lock of a process that was killed, so nothing is ever left shut.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

STEP = 0.0005
"""Seconds between two looks of the one that waits foremost."""


class Line:
    """The threads of one process, in the order in which they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Lock] = deque()

    def join(self, until: float) -> bool:
        """Wait to be foremost; false when ``until``, by the monotonic clock, came first."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=max(until - time.monotonic(), 0)):
            return True
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # It was called in that very moment.

    def leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


@dataclass(slots=True)
class Gate:
    """Of one database file. Two locks: who has written stands behind whoever already waits at the second."""

    database: Path
    line: Line = field(default_factory=Line)

    def enter(self, patience: float) -> Pass | None:
        """Wait for up to ``patience`` seconds; none when the gate stayed shut."""
        until = time.monotonic() + patience
        if not self.line.join(until):
            return None
        try:
            queue = _locked(self.database.with_name(f"{self.database.name}-queue"), until)
            if queue is not None:
                try:
                    room = _locked(self.database.with_name(f"{self.database.name}-gate"), until)
                finally:
                    os.close(queue)
                if room is not None:
                    return Pass(self.line, room)
        except BaseException:
            self.line.leave()
            raise
        self.line.leave()
        return None


@dataclass(slots=True)
class Pass:
    """The right to write; given back once, however often that is asked."""

    line: Line
    room: int

    def give_back(self) -> None:
        if self.room < 0:
            return
        room, self.room = self.room, -1
        os.close(room)
        self.line.leave()


def _locked(file: Path, until: float) -> int | None:
    """An open descriptor that holds ``file``; none when ``until`` came first."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    os.close(descriptor)
                    return None
                time.sleep(STEP)
            else:
                return descriptor
    except BaseException:
        os.close(descriptor)
        raise


_gates: dict[Path, Gate] = {}
os.register_at_fork(after_in_child=_gates.clear)


def gate_of(database: Path) -> Gate:
    return _gates.get(database) or _gates.setdefault(database, Gate(database))
