"""Adding to the numbers, and forgetting what is old or rare."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from stemsite.crypto import index_values

from .kinds import BY_MONTH, Kind
from .models import Count

KEPT_DAYS = 25 * 31
"""Long enough to compare a month with the same one a year before."""

ABSENT_KEPT_DAYS = 92
ABSENT_A_DAY = 500
"""Different addresses without a page that are counted on one day, whoever makes them up."""

Named = tuple[str, str]
Place = tuple[datetime.date, str]


@transaction.atomic
def add(counted: Mapping[Named, int]) -> None:
    """Add numbers by kind and name to today's, or to this month's; all of them or none."""
    today = timezone.localdate()
    rows = _bounded({named: _place(named, today) for named in sorted(counted)}, today)
    Count.objects.bulk_create(
        (Count(kind=kind, day=day, fingerprint=print_) for (kind, _), (day, print_) in rows.items()),
        ignore_conflicts=True,
    )
    for (kind, name), (day, print_) in rows.items():
        row = Count.objects.filter(kind=kind, day=day, fingerprint=print_)
        row.update(number=F("number") + counted[kind, name])
        if kind != Kind.PAGE:
            row = row.filter(number__gte=Count.SEEN_OFTEN)
        row.filter(name="").update(name=name[:200])


def _bounded(rows: dict[Named, Place], today: datetime.date) -> dict[Named, Place]:
    """``rows`` without those addresses that are new on a day which has enough of them."""
    absent = {print_ for (kind, _), (_, print_) in rows.items() if kind == Kind.ABSENT}
    if not absent:
        return rows
    known = set(Count.objects.filter(kind=Kind.ABSENT, day=today).values_list("fingerprint", flat=True))
    let_in = known | set(sorted(absent - known)[: max(0, ABSENT_A_DAY - len(known))])
    return {named: place for named, place in rows.items() if named[0] != Kind.ABSENT or place[1] in let_in}


def _place(named: Named, today: datetime.date) -> Place:
    kind, name = named
    day = today.replace(day=1) if kind in BY_MONTH else today
    return day, index_values("text", f"{kind}:{name}")[0]


def forget_what_is_old_or_rare() -> int:
    """Remove what is older than ``KEPT_DAYS``, and what stayed rare until its day or month was over; how many rows."""
    today = timezone.localdate()
    old = Count.objects.filter(day__lt=today - datetime.timedelta(days=KEPT_DAYS))
    over = Count.objects.filter(name="", day__lt=today - datetime.timedelta(days=31))
    long_absent = Count.objects.filter(kind=Kind.ABSENT, day__lt=today - datetime.timedelta(days=ABSENT_KEPT_DAYS))
    rare_day = Count.objects.filter(name="", day__lt=today).exclude(kind__in=BY_MONTH)
    return sum(_deleted(rows) for rows in (old, over, long_absent, rare_day))


def _deleted(rows: Iterable[Count]) -> int:
    return rows.delete()[0]  # type: ignore[attr-defined, no-any-return]
