"""The studies of a view, and how many each further choice would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet
from django.utils import timezone

from stemsite.search.finding import matching

from ..models import LibraryEntry, LibraryTerm
from .choices import LEVELS, STANDING_VALUES, Choice

MOST_FOUND = 2_000
"""Words that stand in more studies than these are answered with the best of them."""

_COLUMNS = {
    "design": "design",
    "phase": "phase",
    "certainty": "certainty",
    "results": "has_results",
    "status": "registry",
    "standing": "standing",
}
"""Filters that are counted together, and the column that holds each."""

_ORDERS = {
    "": ("-year", "-page"),
    "year": ("-year", "-page"),
    "people": ("-people", "-page"),
    "certainty": ("-certainty", "-people", "-page"),
}

Counts = Mapping[str, Mapping[str, int]]
"""By filter and value: how many studies there would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Studies that hold the words looked for, the best first; ``pages`` is none where no words were given."""

    pages: Sequence[int] | None = None
    read_as: str = ""


def words_of(choice: Choice) -> Words:
    if not choice.q:
        return Words()
    pages, read_as = matching(choice.q, kind="Study", limit=MOST_FOUND)
    return Words(pages=pages, read_as=read_as)


def rows(choice: Choice, words: Words) -> QuerySet[LibraryEntry]:
    """The entries of a view, in no order."""
    found = LibraryEntry.objects.all()
    if words.pages is not None:
        found = found.filter(page__in=words.pages)
    for name in ("condition", "treatment"):
        if slug := getattr(choice, name):
            found = found.filter(Exists(LibraryTerm.objects.filter(entry=OuterRef("page"), kind=name, slug=slug)))
    for name, column in _COLUMNS.items():
        if value := getattr(choice, name):
            found = found.filter(**{column: _stored(name, value)})
    if choice.people:
        found = found.filter(people__gte=int(choice.people))
    if choice.year:
        found = found.filter(year__gte=int(choice.year))
    return found


def in_order(choice: Choice, words: Words) -> QuerySet[LibraryEntry] | list[LibraryEntry]:
    """The entries of a view as it is sorted: as chosen, else the best match or the newest first."""
    found = rows(choice, words)
    if words.pages is None or choice.sort:
        return found.order_by(*_ORDERS[choice.sort])
    held = {entry.page: entry for entry in found}
    return [held[page] for page in words.pages if page in held]


def counts(choice: Choice, words: Words) -> Counts:
    """What each filter would leave; three queries, and one more for each that is set."""
    unset = tuple(name for name in _COLUMNS if not getattr(choice, name))
    found = dict(_counted(rows(choice, words), unset))
    for name in _COLUMNS:
        if name not in unset:
            found |= _counted(rows(choice.without(name), words), (name,))
    return found


def total(choice: Choice, found: Counts) -> int | None:
    """How many studies the view holds, as ``found`` counted them; none where every filter is set."""
    unset = next((name for name in _COLUMNS if not getattr(choice, name)), None)
    return sum(found[unset].values()) if unset else None


def terms(choice: Choice, words: Words, kind: str) -> dict[str, tuple[str, int]]:
    """Names and numbers of the conditions or treatments that studies are about, by slug; the most studied first."""
    wanted = choice.without(kind)
    named = LibraryTerm.objects.filter(kind=kind)
    if not wanted.sorted_by("").is_plain:
        named = named.filter(entry__in=rows(wanted, words).values("page"))
    found: dict[str, tuple[str, int]] = {}
    counted_names = named.values_list("slug", "name").annotate(number=Count("entry"))
    for slug, name, number in counted_names.order_by("-number", "name", "slug"):
        known, before = found.get(slug, (name, 0))
        found[slug] = (known, before + number)
    return found


def term_named(kind: str, slug: str) -> str:
    """What the newest study calls this condition or treatment; empty where no study is about it."""
    named = LibraryTerm.objects.filter(kind=kind, slug=slug).order_by("-entry")
    return named.values_list("name", flat=True).first() or ""


def years() -> range:
    """From the year of the oldest study to this one, or to that of the newest."""
    ends = LibraryEntry.objects.filter(year__gt=0).aggregate(first=Min("year"), last=Max("year"))
    return range(ends["first"], max(ends["last"], timezone.localdate().year) + 1) if ends["first"] else range(0)


def _counted(found: QuerySet[LibraryEntry], names: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many of ``found`` have each value of ``names``; one query."""
    wanted = {name: _COLUMNS[name] for name in names}
    if not wanted:
        return {}
    tallies: dict[str, Counter[str]] = {name: Counter() for name in wanted}
    for *values, number in found.values_list(*wanted.values()).annotate(number=Count("page")).order_by():
        for name, value in zip(wanted, values, strict=True):
            tallies[name][_said(name, value)] += number
    return {name: dict(sorted(tally.items())) for name, tally in tallies.items()}


def _stored(name: str, value: str) -> object:
    """The value of a column that an address means."""
    match name:
        case "certainty":
            return LEVELS[value]
        case "results":
            return value == "published"
        case "standing":
            return STANDING_VALUES.get(value, value)
        case _:
            return value


def _said(name: str, value: object) -> str:
    """The value of an address that means what a column holds."""
    match name:
        case "certainty":
            return next((said for said, level in LEVELS.items() if level == value), "")
        case "results":
            return "published" if value else "none"
        case "standing":
            return next((said for said, stored in STANDING_VALUES.items() if stored == value), str(value))
        case _:
            return str(value)
