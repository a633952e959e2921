"""The numbers of the last weeks: from totals counted at capture, and from the enquiries' own moments (LEAD-104)."""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from leads.counting import monday
from leads.holding import FORMS
from leads.models import Enquiry, Subscription, WeeklyTotal
from stemsite.clinic.models import Clinic
from stemsite.mail.models import Delivery, Suppression

from .clock import open_time, parse_hours
from .overruling import OVERRULED

WEEKS = 12
By = WeeklyTotal.By


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One row of a table and one line of a chart: a number for each week."""

    label: str
    values: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.values)

    @property
    def cells(self) -> tuple[str, ...]:
        """The numbers as they are read."""
        return tuple(str(value) for value in self.values)

    @property
    def sum(self) -> str:
        return str(self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """How long people waited for a first answer, in open hours."""

    answered: int
    waiting: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands now."""

    oldest_letter: datetime.datetime | None
    failed_letters: int
    came_back: int
    complaints: int


def weeks(number: int = WEEKS) -> tuple[datetime.date, ...]:
    """Mondays, the oldest first, this week's last."""
    last = monday()
    return tuple(last - datetime.timedelta(weeks=back) for back in reversed(range(number)))


def totals(by: str, mondays: Sequence[datetime.date], *, form: str = "") -> list[Series]:
    """One series for each value, the largest first. The values are sealed, so they are opened and added here."""
    rows = WeeklyTotal.objects.filter(by=by, week__gte=mondays[0], **({"form": form} if form else {}))
    found: dict[str, dict[datetime.date, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        label = FORMS.get(row.form, row.form) if by == By.ALL else row.value
        found[label][row.week] += row.number
    series = [Series(label=label, values=tuple(seen[day] for day in mondays)) for label, seen in found.items()]
    return sorted(series, key=lambda each: (-each.total, each.label))


def together(series: Sequence[Series], mondays: Sequence[Any]) -> Series:
    values = tuple(sum(each.values[place] for each in series) for place in range(len(mondays)))
    return Series(label="All requests", values=values)


def confirmed(mondays: Sequence[datetime.date]) -> Series:
    since = timezone.make_aware(datetime.datetime.combine(mondays[0], datetime.time.min))
    rows = Subscription.objects.filter(confirmed_at__gte=since).values_list("confirmed_at", flat=True)
    return Series(label="Newsletter, confirmed", values=_by_week(rows, mondays))


def converted(mondays: Sequence[datetime.date]) -> Series:
    found = totals(By.EVENT, mondays, form=Enquiry.FORM)
    values = next((each.values for each in found if each.label == Enquiry.Status.CONVERTED), (0,) * len(mondays))
    return Series(label="Converted", values=values)


def overruled(mondays: Sequence[datetime.date]) -> list[Series]:
    """How often staff released what a signal had spoken against (LEAD-27)."""
    found = (each for each in totals(By.EVENT, mondays) if each.label.startswith(OVERRULED))
    return [Series(label=each.label.removeprefix(OVERRULED), values=each.values) for each in found]


def _by_week(moments: Iterable[datetime.datetime | None], mondays: Sequence[datetime.date]) -> tuple[int, ...]:
    counted: dict[datetime.date, int] = defaultdict(int)
    for moment in moments:
        if moment is not None:
            counted[monday(timezone.localdate(moment))] += 1
    return tuple(counted[day] for day in mondays)


def answering(since: datetime.datetime) -> Answering:
    """First answers to what was asked since then; spam was never to be answered."""
    asked = Enquiry.objects.let_through().filter(created_at__gte=since, emptied_at=None)
    rows = asked.exclude(status=Enquiry.Status.SPAM).values_list("created_at", "first_contacted_at", "status")
    hours, zone = parse_hours(settings.LEADS_HOURS), Clinic.current().zone
    waits, waiting = [], 0
    for created_at, first_at, status in rows.iterator(chunk_size=2000):
        if first_at is not None:
            waits.append(open_time(created_at, first_at, hours=hours, zone=zone).total_seconds() / 3600)
        elif status == Enquiry.Status.NEW:
            waiting += 1
    waits.sort()
    return Answering(answered=len(waits), waiting=waiting, median=rank(waits, 0.5), p90=rank(waits, 0.9))


def rank(values: Sequence[float], share: float) -> float | None:
    """The value that ``share`` of the sorted values do not pass (nearest rank)."""
    return values[max(math.ceil(share * len(values)) - 1, 0)] if values else None


def standing(since: datetime.datetime) -> Standing:
    queued = Delivery.objects.filter(state=Delivery.State.QUEUED, due_at__lte=timezone.now())
    return Standing(
        oldest_letter=queued.aggregate(oldest=Min("queued_at"))["oldest"],
        failed_letters=Delivery.objects.filter(state=Delivery.State.FAILED, finished_at__gte=since).count(),
        came_back=Delivery.objects.filter(bounced_at__gte=since).count(),
        complaints=Suppression.objects.filter(reason=Suppression.Reason.COMPLAINT, at__gte=since).count(),
    )
