"""The year of a study: of its primary paper, else of the start of its registration; never of news (EVD-85, pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

PAPERS = frozenset({"journal", "preprint", "book", "conference"})
"""Kinds of reference that publish a study; a registration only announces it, the news only tells of it."""


class _Paper(Protocol):
    kind: str
    year: int | None

    @property
    def short(self) -> str: ...


class _Registered(Protocol):
    number: str
    started_in: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year and where it comes from, in words for staff; none where neither says it."""

    value: int | None
    source: str

    def __str__(self) -> str:
        return f"{self.value}, {self.source}" if self.value else self.source


def year_of(primary: _Paper | None, registrations: Iterable[_Registered]) -> Year:
    if primary is not None and primary.kind in PAPERS and primary.year:
        return Year(value=primary.year, source=f"when the primary paper was published ({primary.short})")
    starts = [row for row in registrations if row.started_in]
    if starts:
        first = min(starts, key=lambda row: (row.started_in or 0, row.number))
        return Year(value=first.started_in, source=f"when the study started, as registered ({first.number})")
    return Year(
        value=None, source="Not known: the primary paper has no year, and no registration says when the study started."
    )
