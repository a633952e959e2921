"""What search can be narrowed by besides the kind: a condition, a topic, a year."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from stemsite.publishing.models import Page, Use
from stemsite.publishing.reading import local_day
from studies.models import Condition, LibraryEntry, Study

from .models import Article, Topic

NAMES = ("condition", "topic", "year")
"""Parameters of the address, in the order they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What a reader chose; whatever is no choice counts as none."""

    condition: Condition | None = None
    topic: Topic | None = None
    year: int | None = None

    @property
    def values(self) -> dict[str, str]:
        """As an address names them."""
        chosen = {
            "condition": self.condition.slug if self.condition else "",
            "topic": self.topic.slug if self.topic else "",
            "year": str(self.year or ""),
        }
        return {name: value for name, value in chosen.items() if value}

    @property
    def words(self) -> tuple[str, ...]:
        """As a reader is told of them."""
        chosen = (self.condition and self.condition.spoken_name, self.topic and self.topic.name, self.year)
        return tuple(str(one) for one in chosen if one)

    def pages(self) -> QuerySet[Page, int] | None:
        """Live pages that are meant, by what their live versions say; none where nothing was chosen."""
        clauses = []
        if self.condition is not None:
            clauses.append(Q(live_version__in=_naming(Use.Kind.CONDITION, self.condition.pk)))
        if self.topic is not None:
            clauses.append(Q(live_version__in=_naming(Use.Kind.TOPIC, self.topic.pk)))
        if self.year is not None:
            clauses.append(_of_year(self.year))
        if not clauses:
            return None
        return Page.objects.filter(reduce(and_, clauses), public_state=Page.PublicState.LIVE).values_list(
            "pk", flat=True
        )


def narrowing(asked: Mapping[str, str]) -> Narrowing:
    """What the parameters of an address choose."""
    condition, topic, year = (asked.get(name, "")[:80] for name in NAMES)
    whole = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0
    return Narrowing(
        condition=Condition.objects.filter(slug=condition).first() if condition else None,
        topic=Topic.objects.filter(slug=topic).first() if topic else None,
        year=whole if datetime.MINYEAR < whole < datetime.MAXYEAR else None,
    )


def choices() -> dict[str, tuple[tuple[str, str], ...]]:
    """For each parameter what leads to some live page: its value and words; five queries."""
    conditions = Condition.objects.filter(_is_live(Use.Kind.CONDITION)).order_by("name")
    topics = Topic.objects.filter(_is_live(Use.Kind.TOPIC)).order_by("name")
    return {
        "condition": tuple((condition.slug, condition.name) for condition in conditions),
        "topic": tuple((topic.slug, topic.name) for topic in topics),
        "year": tuple((str(year), str(year)) for year in reversed(_years())),
    }


def _naming(kind: str, pk: int) -> QuerySet[Use, int]:
    return Use.objects.filter(kind=kind, object_id=pk).values_list("version_id", flat=True)


def _is_live(kind: str) -> Exists:
    live = Page.objects.filter(public_state=Page.PublicState.LIVE, live_version=OuterRef("version"))
    return Exists(Use.objects.filter(Exists(live), kind=kind, object_id=OuterRef("pk")))


def _of_year(year: int) -> Q:
    """Studies published in ``year``; of other pages those that were updated in it."""
    begin, end = (timezone.make_aware(datetime.datetime(number, 1, 1)) for number in (year, year + 1))
    published = LibraryEntry.objects.filter(year=year).values("page")
    updated = ~Q(family=Study.FAMILY) & Q(updated_at__gte=begin, updated_at__lt=end)
    return Q(family=Study.FAMILY, pk__in=published) | updated


def _years() -> range:
    """From the oldest study or page to the newest."""
    studies = LibraryEntry.objects.exclude(year=0)
    pages: QuerySet[Any] = Article.objects.filter(public_state=Page.PublicState.LIVE)
    ends = [
        rows.values_list("year", flat=True).first() for rows in (studies.order_by("year"), studies.order_by("-year"))
    ]
    days = [
        local_day(rows.values_list("updated_at", flat=True).first())
        for rows in (pages.order_by("updated_at"), pages.order_by("-updated_at"))
    ]
    known = [year for year in (*ends, *(day.year for day in days if day)) if year]
    return range(min(known), max(known) + 1) if known else range(0)
