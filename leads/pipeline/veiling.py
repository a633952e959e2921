"""Numbers for those who may not know of people: none under five, the others in steps of five (LEAD-104). Pure.

Each number that is shown is made from the steps of single cells, and from nothing else. So a hidden number cannot be
had by taking shown ones from a total, nor by holding one table against another: the totals are made of the steps too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .figures import Answering, Series, Standing, together

STEP = 5
UNDER = f"under {STEP}"
ENOUGH_FOR_MEDIAN, ENOUGH_FOR_P90 = STEP, 2 * STEP
"""Of fewer, the wait of one person would be told."""


def step(number: int) -> int:
    """The most that may be said of ``number``: it is at least this."""
    return number - number % STEP


def words(number: int) -> str:
    low = step(number)
    return f"{low}–{low + STEP - 1}" if low else UNDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Veiled(Series):
    """A series whose values are steps."""

    is_sum: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(at_least(value) if self.is_sum else words(value) for value in self.values)

    @property
    def sum(self) -> str:
        return at_least(self.total)


def at_least(low: int) -> str:
    return f"{low}+" if low else "–"


def veiled(series: Iterable[Series]) -> list[Series]:
    """The series with any number that may be shown, the largest first by what is shown of them."""
    found: list[Series] = [Veiled(label=each.label, values=tuple(map(step, each.values))) for each in series]
    return sorted((each for each in found if each.total), key=lambda each: (-each.total, each.label))


def veiled_outcomes(series: Iterable[Series]) -> list[Series]:
    """Rows that stand there whatever their numbers are."""
    return [Veiled(label=each.label, values=tuple(map(step, each.values))) for each in series]


def veiled_together(series: list[Series], weeks: int) -> Series:
    """At least so many in all: added up from the steps, never from the numbers behind them."""
    whole = together(series, range(weeks))
    return Veiled(label=whole.label, values=whole.values, is_sum=True)


def facts(answering: Answering, standing: Standing) -> list[tuple[str, str]]:
    """What is said of the waits and letters; how long the one oldest letter waits is left out."""
    median = answering.median if answering.answered >= ENOUGH_FOR_MEDIAN else None
    p90 = answering.p90 if answering.answered >= ENOUGH_FOR_P90 else None
    return [
        ("First answer, median", "–" if median is None else f"{median:.1f} h"),
        ("Nine of ten answered within", "–" if p90 is None else f"{p90:.1f} h"),
        ("Answered", words(answering.answered)),
        ("Still waiting", words(answering.waiting)),
        ("Letters failed", words(standing.failed_letters)),
        ("Letters that came back", words(standing.came_back)),
        ("Complaints", words(standing.complaints)),
    ]
