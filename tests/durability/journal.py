"""What was about to be done, and what came of it: one line each, on disk before the next thing happens."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Outcome(StrEnum):
    ACCEPTED = "accepted"  # 2xx or 3xx was read to its end
    REFUSED = "refused"  # 4xx
    BROKEN = "broken"  # 5xx
    UNSENT = "unsent"  # no connection was made
    CUT = "cut"  # sent, and no whole answer came: it may have landed


@dataclass(slots=True)
class Attempt:
    """One thing that somebody wanted stored, and how each try of it ended."""

    key: str
    facts: dict[str, Any]
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def rows(self) -> tuple[int, int]:
        """The least and the most rows that may stand in the database for it."""
        if Outcome.ACCEPTED in self.outcomes:
            return 1, 1
        unsure = {Outcome.CUT, Outcome.BROKEN} & set(self.outcomes) or len(self.outcomes) < self.facts.get("tries", 0)
        return (0, 1) if unsure else (0, 0)


class Journal:
    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")
        self._lock = threading.Lock()
        self._attempts: dict[str, Attempt] = {}

    def intend(self, key: str, **facts: Any) -> None:
        """Before the request leaves. A retry of the same thing has the same key."""
        with self._lock:
            attempt = self._attempts.setdefault(key, Attempt(key, {**facts, "tries": 0}))
            attempt.facts["tries"] += 1
            self._write({"intent": key, **facts})

    def note(self, key: str, outcome: Outcome, status: int = 0) -> None:
        with self._lock:
            self._attempts[key].outcomes.append(outcome)
            self._write({"outcome": key, "as": outcome, "status": status})

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def __iter__(self) -> Iterator[Attempt]:
        with self._lock:
            return iter(list(self._attempts.values()))

    def __getitem__(self, key: str) -> Attempt:
        return self._attempts[key]

    def count(self, outcome: Outcome) -> int:
        return sum(outcome in attempt.outcomes for attempt in self)


def outcome_of(status: int) -> Outcome:
    if status >= 500:
        return Outcome.BROKEN
    return Outcome.REFUSED if status >= 400 else Outcome.ACCEPTED
