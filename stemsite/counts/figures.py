"""The numbers of the last weeks, for the screen that shows them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from .kinds import BY_MONTH, Kind
from .models import Count

WEEKS = 12
SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    name: str
    number: int
    before: int = 0
    """In as many weeks before those shown."""


def mondays(number: int = WEEKS) -> tuple[datetime.date, ...]:
    """The first days of the last weeks, the oldest first, this week's last."""
    today = timezone.localdate()
    last = today - datetime.timedelta(days=today.weekday())
    return tuple(last - datetime.timedelta(weeks=back) for back in reversed(range(number)))


def by_week(weeks: Sequence[datetime.date]) -> tuple[int, ...]:
    """Pages read in each of ``weeks``."""
    days = Count.objects.filter(kind=Kind.PAGE, day__gte=weeks[0])
    found = dict.fromkeys(weeks, 0)
    for day, number in days.values_list("day").annotate(Sum("number")):
        monday = day - datetime.timedelta(days=day.weekday())
        found[monday] = found.get(monday, 0) + number
    return tuple(found[week] for week in weeks)


def most(kind: str, weeks: Sequence[datetime.date], *, limit: int = SHOWN) -> list[Line]:
    """What was counted most since the first of ``weeks``, with its number in as much time before."""
    # A month counts with the weeks in which it ends; its first day may lie before them.
    monthly = kind in BY_MONTH
    since = weeks[0].replace(day=1) if monthly else weeks[0]
    named = Count.objects.filter(kind=kind).exclude(name="")
    now = named.filter(day__gte=since).values_list("name").annotate(sum=Sum("number")).order_by("-sum", "name")[:limit]
    found = dict(now)
    start = weeks[0] - datetime.timedelta(weeks=len(weeks))
    earlier = named.filter(day__gte=start.replace(day=1) if monthly else start, day__lt=since, name__in=list(found))
    before = dict(earlier.values_list("name").annotate(Sum("number")))
    return [Line(name=name, number=number, before=before.get(name, 0)) for name, number in found.items()]
