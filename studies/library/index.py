"""Every study of the library as one bit of a number, so that counting what a choice would leave costs next to nothing.

Made once in each process and kept until something public changes: twenty thousand studies are some milliseconds and
two megabytes. A count is the number of ones in what two such numbers share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Any

from django.utils import timezone

from stemsite.serving.lasting import lasting

from ..models import LibraryEntry, LibraryTerm
from .choices import LEVELS, PEOPLE, STANDING_VALUES

_COLUMNS = ("page", "year", "people", "design", "phase", "certainty", "has_results", "registry", "standing", "primary")
_ORDERS = {"year": ("year",), "people": ("people",), "certainty": ("certainty", "people")}
"""By what each order sorts, the most first; of equals the newer page comes first."""

_LEVELS = {level: said for said, level in LEVELS.items()}
_STANDINGS = {stored: said for said, stored in STANDING_VALUES.items()}
_PEOPLE = tuple((int(value), value) for value in PEOPLE)
_BITS = bytes.maketrans(b"01", b"\x00\x01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What studies call a condition or a treatment, and which do."""

    slug: str
    name: str
    mask: int


@dataclass(frozen=True, kw_only=True)
class Index:
    """The library at one moment. A mask has a one for each study that is meant, the newest in its lowest bit."""

    rows: Mapping[str, Sequence[Any]]
    """Columns of the entries, the newest first."""
    valued: Mapping[str, Mapping[str, int]]
    """By filter and value of an address: the studies that have it."""
    named: Mapping[str, Sequence[Named]]
    """Conditions and treatments."""
    newest_name: Mapping[tuple[str, str], str]
    """By kind and slug: what the newest study calls it."""
    records: Mapping[int, int]
    """By condition record: the studies about it."""

    @property
    def pages(self) -> Sequence[int]:
        return self.rows["page"]

    @cached_property
    def everything(self) -> int:
        return (1 << len(self.pages)) - 1

    @cached_property
    def places(self) -> Mapping[int, int]:
        return {page: place for place, page in enumerate(self.pages)}

    @cached_property
    def years(self) -> range:
        """From the year of the oldest study to this one, or to that of the newest."""
        known = [year for year in self.rows["year"] if year]
        return range(min(known), max(*known, timezone.localdate().year) + 1) if known else range(0)

    @cached_property
    def orders(self) -> Mapping[str, Sequence[int]]:
        """Places of all studies in each order."""
        return {order: self._sorted(columns) for order, columns in _ORDERS.items()}

    def _sorted(self, columns: Sequence[str]) -> list[int]:
        keys = list(zip(*(self.rows[column] for column in columns), self.pages, strict=True))
        return sorted(range(len(self.pages)), key=keys.__getitem__, reverse=True)

    def of_pages(self, pages: Iterable[int]) -> int:
        return _mask((self.places[page] for page in pages if page in self.places), len(self.pages))

    def about(self, conditions: Iterable[int]) -> int:
        """The studies on any of these conditions."""
        mask = 0
        for condition in conditions:
            mask |= self.records.get(condition, 0)
        return mask

    def in_order(self, mask: int, order: str) -> list[int]:
        """Pages of the studies meant, sorted."""
        bits = self._bits(mask)
        places = self.orders[order]
        return [self.pages[place] for place in compress(places, map(bits.__getitem__, places))]

    def holds(self, mask: int, page: int) -> bool:
        place = self.places.get(page)
        return place is not None and bool(mask >> place & 1)

    def people(self, mask: int) -> int:
        """How many people all these studies had together."""
        return sum(compress(self.rows["people"], self._bits(mask)))

    def primary(self, page: int) -> int | None:
        """The reference that is the study's primary paper."""
        found: int | None = self.rows["primary"][self.places[page]]
        return found

    def _bits(self, mask: int) -> bytes:
        """A byte for each study, the newest first: one where it is meant."""
        return f"{mask:0{len(self.pages)}b}".encode().translate(_BITS)[::-1]


@lasting
def current() -> Index:
    """The library as it is now."""
    found = list(LibraryEntry.objects.order_by("-year", "-page").values_list(*_COLUMNS))
    columns = zip(*found, strict=True) if found else iter([()] * len(_COLUMNS))
    rows: dict[str, Sequence[Any]] = dict(zip(_COLUMNS, columns, strict=True))
    size = len(found)
    places: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, row in enumerate(found):
        for name, value in _said(*row[1:-1]):
            places[name][value].append(place)
    valued = {name: {value: _mask(where, size) for value, where in of.items()} for name, of in places.items()}
    named, newest, records = _terms({page: place for place, page in enumerate(rows["page"])})
    return Index(
        rows=rows,
        valued={**valued, "year": _since(valued.get("year", {}))},
        named=named,
        newest_name=newest,
        records=records,
    )


def _said(
    year: int, people: int, design: str, phase: str, certainty: int, has_results: bool, registry: str, standing: str
) -> Iterator[tuple[str, str]]:
    """Filters and the values of an address that a study answers to."""
    yield "design", design
    yield "phase", phase
    yield "certainty", _LEVELS.get(certainty, "")
    yield "results", "published" if has_results else "none"
    yield "status", registry
    yield "standing", _STANDINGS.get(standing, standing)
    yield "year", str(year)
    for least, value in _PEOPLE:
        if people < least:
            break
        yield "people", value


def _since(years: Mapping[str, int]) -> dict[str, int]:
    """By year: the studies of that year and of all later ones, for every year from the first on."""
    known = {int(year): mask for year, mask in years.items() if int(year)}
    since: dict[str, int] = {}
    mask = 0
    for year in range(max(known, default=0), min(known, default=1) - 1, -1):
        mask |= known.get(year, 0)
        since[str(year)] = mask
    return since


def _terms(
    places: Mapping[int, int],
) -> tuple[dict[str, list[Named]], dict[tuple[str, str], str], dict[int, int]]:
    """Conditions and treatments under each of their names, the newest name of each, and conditions by record."""
    where: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    about: dict[int, list[int]] = defaultdict(list)
    newest: dict[tuple[str, str], str] = {}
    rows = LibraryTerm.objects.order_by("entry").values_list("entry", "kind", "slug", "name", "record")
    for entry, kind, slug, name, record in rows:
        if (place := places.get(entry)) is None:
            continue
        where[kind, slug, name].append(place)
        newest[kind, slug] = name
        if kind == LibraryTerm.Kind.CONDITION:
            about[record].append(place)
    named: dict[str, list[Named]] = defaultdict(list)
    for (kind, slug, name), found in where.items():
        named[kind].append(Named(slug=slug, name=name, mask=_mask(found, len(places))))
    return named, newest, {record: _mask(found, len(places)) for record, found in about.items()}


def _mask(places: Iterable[int], size: int) -> int:
    bits = bytearray(size // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")
