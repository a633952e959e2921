"""What search can be narrowed by besides the kind: a condition, a topic, a year."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from stemsite.publishing.finding import YEAR, mark
from stemsite.publishing.models import Use
from stemsite.search.models import Mark
from stemsite.serving.lasting import lasting
from studies.models import Condition

from .forms import Choices
from .models import Topic

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

    @property
    def marks(self) -> tuple[str, ...]:
        """What the entry of a live page must have, by what its live version says; none where nothing was chosen."""
        chosen = (
            (Use.Kind.CONDITION, self.condition and self.condition.pk),
            (Use.Kind.TOPIC, self.topic and self.topic.pk),
            (YEAR, self.year),
        )
        return tuple(mark(what, value) for what, value in chosen if value)


def narrowing(asked: Mapping[str, str]) -> Narrowing:
    """What the parameters of an address choose."""
    condition, topic, year = (asked.get(name, "")[:80] for name in NAMES)
    whole = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0
    return Narrowing(
        condition=Condition.objects.filter(slug=condition).first() if condition else None,
        topic=Topic.objects.filter(slug=topic).first() if topic else None,
        year=whole if datetime.MINYEAR < whole < datetime.MAXYEAR else None,
    )


def choices() -> Choices:
    """For each parameter what leads to some live page: its value and words; two queries once it is known what does."""
    leading = _leading()
    conditions = Condition.objects.filter(pk__in=leading[Use.Kind.CONDITION]).order_by("name")
    topics = Topic.objects.filter(pk__in=leading[Use.Kind.TOPIC]).order_by("name")
    return (
        ("condition", tuple(conditions.values_list("slug", "name"))),
        ("topic", tuple(topics.values_list("slug", "name"))),
        ("year", tuple((str(year), str(year)) for year in sorted(leading[YEAR], reverse=True))),
    )


@lasting
def _leading() -> Mapping[str, list[int]]:
    """By what live pages are marked."""
    found: dict[str, list[int]] = {str(Use.Kind.CONDITION): [], str(Use.Kind.TOPIC): [], YEAR: []}
    for one in Mark.objects.order_by("mark").values_list("mark", flat=True).distinct():
        what, _, value = one.partition(":")
        found[what].append(int(value))
    return found
