"""Time as the clinic counts it: only while it is open, on its own clock (LEAD-97). Pure."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from dataclasses import dataclass

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d\d):(\d\d)-(\d\d):(\d\d)\Z")

LONGEST = 366
"""Days that are looked at: an answer after a year is late enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One span of one weekday, from Monday = 0."""

    weekday: int
    begins: datetime.time
    ends: datetime.time


def parse_hours(text: str) -> tuple[Opening, ...]:
    """``mon-fri 09:00-17:00; sat 09:00-12:00`` as spans; ``ValueError`` where it is no such text."""
    found: list[Opening] = []
    for part in filter(None, (piece.strip().lower() for piece in text.split(";"))):
        match = _SPAN.match(part)
        if match is None or match[1] not in DAYS or (match[2] or match[1]) not in DAYS:
            raise ValueError(f"Write opening hours like mon-fri 09:00-17:00, not {part!r}.")
        begins = datetime.time(int(match[3]), int(match[4]))
        ends = datetime.time(int(match[5]), int(match[6]))
        first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
        if last < first or ends <= begins:
            raise ValueError(f"Opening hours end after they begin: {part!r}.")
        found += [Opening(weekday=day, begins=begins, ends=ends) for day in range(first, last + 1)]
    return tuple(found)


def open_time(
    begin: datetime.datetime, end: datetime.datetime, *, hours: tuple[Opening, ...], zone: zoneinfo.ZoneInfo
) -> datetime.timedelta:
    """How long the clinic was open between two moments. Clock changes count as the time that really passed."""
    total = datetime.timedelta()
    day = begin.astimezone(zone).date()
    last = min(end.astimezone(zone).date(), day + datetime.timedelta(days=LONGEST))
    while day <= last:
        for span in (span for span in hours if span.weekday == day.weekday()):
            opens = _moment(day, span.begins, zone)
            closes = _moment(day, span.ends, zone)
            total += max(min(closes, end) - max(opens, begin), datetime.timedelta())
        day += datetime.timedelta(days=1)
    return total


def _moment(day: datetime.date, time: datetime.time, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    return datetime.datetime.combine(day, time, zone).astimezone(datetime.UTC)
