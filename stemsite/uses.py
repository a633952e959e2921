"""Where records are used: told by the apps that use them, asked before anything is deleted (PUB-15, PUB-23)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordUse:
    """One place that uses a record."""

    label: str
    mark: str
    """``live``, ``draft``, ``old version 3`` or what else holds on to the record, in words."""
    screen: str = ""
    """The name of the address that shows it, of row ``pk``; resolved when shown, as a record may have 10,000 uses."""
    pk: int | None = None

    @property
    def url(self) -> str:
        return reverse(self.screen, args=() if self.pk is None else (self.pk,)) if self.screen else ""

    def __str__(self) -> str:
        return f"{self.label} ({self.mark})"


Finder = Callable[[str, Sequence[int]], Iterable[RecordUse]]
"""Kind of record and ids -> where these are used."""

_finders: list[Finder] = []


def register_use(finder: Finder) -> None:
    """Add ``finder``, from ``ready()``; it answers nothing for kinds it does not know."""
    if finder not in _finders:
        _finders.append(finder)


Placer = Callable[[str], Iterable[tuple[int, Hashable]]]
"""Kind of record -> pairs of an id in use and the place that uses it; the same place is named alike by all."""

_placers: list[Placer] = []


def register_places(placer: Placer) -> None:
    """Add what lists need to count uses of many records at once, from ``ready()``."""
    if placer not in _placers:
        _placers.append(placer)


def places_of(kind: str) -> dict[int, set[Hashable]]:
    """Every record of this kind that something uses, with the places, in as many queries as there are users."""
    places: dict[int, set[Hashable]] = defaultdict(set)
    for placer in _placers:
        for pk, place in placer(kind):
            places[pk].add(place)
    return places


def uses_of(kind: str, ids: Sequence[int]) -> tuple[RecordUse, ...]:
    """Every use of these records, each once; live ones first."""
    found = dict.fromkeys(use for finder in _finders for use in finder(kind, ids)) if ids else {}
    return tuple(sorted(found, key=lambda use: (use.mark != "live", use.mark != "draft", use.label, use.mark)))


def in_short(uses: Iterable[RecordUse]) -> str:
    """How often each mark occurs: ``2 live, 1 draft``."""
    marks = Counter(use.mark if use.mark in {"live", "draft"} else "other" for use in uses)
    return ", ".join(f"{marks[mark]} {mark}" for mark in ("live", "draft", "other") if marks[mark]) or "nowhere"


def require_unused(kind: str, ids: Sequence[int], *, instead: str = "") -> None:
    """Refuse with the list of uses, and with what can be done instead."""
    if used := uses_of(kind, ids):
        listed = "; ".join(str(use) for use in used[:SHOWN])
        more = f"; and {len(used) - SHOWN} more" if len(used) > SHOWN else ""
        raise ValidationError(
            " ".join(filter(None, (f"This cannot be deleted; it is used in: {listed}{more}.", instead))), code="in_use"
        )


class KeptQuerySet[M: "Kept"](models.QuerySet[M]):
    def delete(self) -> tuple[int, dict[str, int]]:
        kept = list(self)
        require_unused(self.model.USE_KIND, [pk for row in kept for pk in row.use_ids()], instead=self.model.INSTEAD)
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]


class Kept(models.Model):
    """A record that cannot be deleted while anything uses it, whatever path tries."""

    USE_KIND: ClassVar[str]
    INSTEAD: ClassVar[str] = ""
    """What staff can do instead of deleting, as a sentence."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def use_ids(self) -> list[int]:
        """The ids under which uses of this record are found."""
        return [self.pk]

    def uses(self) -> tuple[RecordUse, ...]:
        return uses_of(self.USE_KIND, self.use_ids()) if self.pk else ()

    def is_used(self) -> bool:
        """Whether anything uses it; reads no more than one place."""
        return self.pk is not None and any(True for finder in _finders for _ in finder(self.USE_KIND, self.use_ids()))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        require_unused(self.USE_KIND, self.use_ids(), instead=self.INSTEAD)
        return super().delete(*args, **kwargs)
