"""Numbers by week as a drawing: plain bars, made on the server, read beside their table (LEAD-104). Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FOOT, HEAD = 480, 140, 20, 14
GAP = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    middle: float
    number: int
    words: str
    week: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    title: str
    bars: tuple[Bar, ...]
    most: int
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - FOOT


def chart(
    title: str, weeks: Sequence[datetime.date], values: Sequence[int], words: Sequence[str] | None = None
) -> Chart:
    """``words`` are what stands above the bars, where it is not the numbers."""
    most = max(values, default=0)
    step = WIDTH / max(len(values), 1)
    room = HEIGHT - FOOT - HEAD
    bars = []
    said = [str(value) for value in values] if words is None else words
    for place, (week, number, above) in enumerate(zip(weeks, values, said, strict=True)):
        tall = round(room * number / most, 1) if most else 0.0
        left = round(place * step + GAP / 2, 1)
        wide = round(step - GAP, 1)
        bars.append(
            Bar(
                x=left,
                y=round(HEIGHT - FOOT - tall, 1),
                width=wide,
                height=tall,
                middle=round(left + wide / 2, 1),
                number=number,
                words=above,
                week=f"{week:%b} {week.day}",
            )
        )
    return Chart(title=title, bars=tuple(bars), most=most)
