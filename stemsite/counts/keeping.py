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

Named = tuple[str, str]


@transaction.atomic
def add(counted: Mapping[Named, int]) -> None:
    """Add numbers by kind and name to today's, or to this month's; all of them or none."""
    today = timezone.localdate()
    rows = {named: _place(named, today) for named in sorted(counted)}
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


def _place(named: Named, today: datetime.date) -> tuple[datetime.date, str]:
    kind, name = named
    day = today.replace(day=1) if kind in BY_MONTH else today
    return day, index_values("text", f"{kind}:{name}")[0]


def forget_what_is_old_or_rare() -> int:
    """Remove what is older than ``KEPT_DAYS``, and what stayed rare until its day or month was over; how many rows."""
    today = timezone.localdate()
    old = Count.objects.filter(day__lt=today - datetime.timedelta(days=KEPT_DAYS))
    over = Count.objects.filter(name="", day__lt=today - datetime.timedelta(days=31))
    rare_day = Count.objects.filter(name="", day__lt=today).exclude(kind__in=BY_MONTH)
    return sum(_deleted(rows) for rows in (old, over, rare_day))


def _deleted(rows: Iterable[Count]) -> int:
    return rows.delete()[0]  # type: ignore[attr-defined, no-any-return]
