"""One verb for many rows: row by row, each with its own timeline entry and its own place in the audit (LEAD-101)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from stemsite.publishing.gate import Refused

MOST = 500
"""So many are worked by one press; a file may hold any number."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    done: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def words(self) -> str:
        left = "".join(f" {number} left as they were: {why}" for why, number in self.refused.items())
        return f"{self.done} done.{left}"


def do_each(rows: Iterable[Any], verb: Callable[[Any], object]) -> Outcome:
    outcome = Outcome()
    for row in rows:
        try:
            verb(row)
        except Refused as refused:
            outcome.refused[str(refused)] += 1
        else:
            outcome.done += 1
    return outcome
