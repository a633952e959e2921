"""Studies over time as a small drawing: dot area by people, shape by design. Pure (EVD-74, PAGE-36).

It stands beside its table and says nothing that the table does not. Places across are percentages, so that it fits
any screen without its words shrinking; heights are those of a narrow one, where marks lie closest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .marks import SHAPES, paths
from .table import Row

NARROW = 300
"""Width in pixels for which marks are placed without touching."""
SMALLEST, LARGEST = 4.0, 22.0
FEW = 100
"""Where all studies are smaller than this, its mark is as large as marks become: small studies look small."""
GAP = 3.0
MARGIN = 8
"""Percent left free on both sides, for half of a mark and of a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    svg: str
    drawn: int
    undated: int
    kinds: tuple[str, ...]
    hollow: bool
    struck: bool


@dataclass(slots=True)
class _Mark:
    row: Row
    x: float
    r: float
    y: float = 0.0


def timeline(rows: Sequence[Row]) -> Timeline | None:
    """The drawing of all dated rows, in their order; none where fewer than two have a year."""
    dated = [row for row in rows if row.year]
    if len(dated) < 2:
        return None
    first, last = min(row.year or 0 for row in dated), max(row.year or 0 for row in dated)
    most = max(FEW, *(row.number for row in dated))
    marks = [_Mark(row=row, x=_across(row.year or 0, first, last), r=radius(row.number, most)) for row in dated]
    _settle(marks)
    top = min(mark.y - mark.r for mark in marks)
    height = max(mark.y + mark.r for mark in marks) - top
    for mark in marks:
        mark.y -= top - 2
    line = round(height + 10)
    body = "".join(_drawn(mark) for mark in marks)
    ticks = "".join(
        f'<text x="{_across(year, first, last):g}%" y="{line + 20}" text-anchor="middle">{year}</text>'
        for year in ticks_between(first, last)
    )
    return Timeline(
        svg=(
            f'<svg class="years" width="100%" height="{line + 26}" aria-hidden="true">'
            f'<line x1="0" x2="100%" y1="{line}" y2="{line}"/>{body}{ticks}</svg>'
        ),
        drawn=len(dated),
        undated=len(rows) - len(dated),
        kinds=tuple(kind for kind in SHAPES if any(row.kind == kind for row in dated)),
        hollow=any(row.hollow for row in dated),
        struck=any(row.struck for row in dated),
    )


def radius(people: int, most: int) -> float:
    """Area goes with people, so the radius with their root; the smallest can still be seen."""
    return round(max(SMALLEST, LARGEST * math.sqrt(people / most)), 1)


def ticks_between(first: int, last: int) -> list[int]:
    """At most five years to print, evenly apart, the first and the last among them where that is even."""
    step = max(1, math.ceil((last - first) / 4))
    return list(range(first, last + 1, step))


def _drawn(mark: _Mark) -> str:
    drawn = paths(mark.row.kind, mark.r, hollow=mark.row.hollow, struck=mark.row.struck)
    return f'<svg x="{mark.x:g}%" y="{mark.y:.0f}">{drawn}</svg>'


def _across(year: int, first: int, last: int) -> float:
    share = (year - first) / (last - first) if last > first else 0.5
    return round(MARGIN + share * (100 - 2 * MARGIN), 1)


def _settle(marks: Sequence[_Mark]) -> None:
    """Put each mark as near to the line as it goes without touching another; the largest first."""
    placed: list[_Mark] = []
    for mark in sorted(marks, key=lambda mark: -mark.r):
        near = [other for other in placed if abs(other.x - mark.x) * NARROW / 100 < other.r + mark.r + GAP]
        tries = [-mark.r, *(_above(mark, other) for other in near)]
        mark.y = max(y for y in tries if all(_apart(mark, y, other) for other in near))
        placed.append(mark)


def _above(mark: _Mark, other: _Mark) -> float:
    """The lowest place above ``other`` at which the two do not touch."""
    reach = other.r + mark.r + GAP
    across = (other.x - mark.x) * NARROW / 100
    return other.y - math.sqrt(reach**2 - across**2)


def _apart(mark: _Mark, y: float, other: _Mark) -> bool:
    across = (other.x - mark.x) * NARROW / 100
    return math.hypot(across, other.y - y) >= other.r + mark.r + GAP - 0.01
