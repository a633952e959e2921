"""The library as records are matched with it: by identifier first, else by title, first author and year (EVD-14)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

from rapidfuzz import fuzz

from studies.matching.folding import squash
from studies.models import Reference
from studies.sources.base import StudyRecord
from studies.sources.words import without_tags

from .values import IDENTIFIERS, identified

SAME_TITLE = 95.0

Certainty = Literal["same", "conflict", "probable", "unknown"]
_APART = frozenset({"preprint", "registration", "news"})
"""Never the same work as a paper of the same title: they are linked, not merged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    certainty: Certainty
    references: tuple[int, ...] = ()


@dataclass(slots=True)
class Library:
    """What is known, read once for a whole file; ``add`` keeps it in step while rows are applied."""

    identifiers: dict[tuple[str, str], int] = field(default_factory=dict)
    titles: dict[tuple[str, int], list[tuple[str, int, str]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls) -> Library:
        library = cls()
        rows = Reference.objects.citable().only("pk", "kind", "title", "authors", "year", *IDENTIFIERS)
        for reference in rows.iterator():
            library.add(reference)
        return library

    def add(self, reference: Reference) -> None:
        for name in IDENTIFIERS:
            if value := getattr(reference, name):
                self.identifiers[name, value.lower()] = reference.pk
        if reference.authors and reference.authors[0] and reference.year:
            entry = (squash(without_tags(reference.title)), reference.pk, reference.kind)
            self.titles[squash(reference.authors[0][0]), reference.year].append(entry)

    def find(self, record: StudyRecord) -> Match:
        """Equal identifiers are the same work; two that lead to different sources are for a person to settle."""
        led = (self.identifiers.get((name, value.lower())) for name, value in identified(record))
        found = tuple(dict.fromkeys(pk for pk in led if pk is not None))
        if found:
            return Match(certainty="same" if len(found) == 1 else "conflict", references=found)
        alike = tuple(self._alike(record))
        return Match(certainty="probable" if alike else "unknown", references=alike)

    def _alike(self, record: StudyRecord) -> list[int]:
        """Sources with nearly this title, this first author, and the year or the one beside it."""
        if not record.authors or not record.year or record.is_notice:
            return []
        title, author = squash(record.title), squash(record.authors[0].name)
        return [
            pk
            for year in (record.year - 1, record.year, record.year + 1)
            for known, pk, kind in self.titles.get((author, year), ())
            if _may_be_one(kind, record.type) and fuzz.ratio(known, title, score_cutoff=SAME_TITLE)
        ]


def _may_be_one(kind: str, other: str) -> bool:
    return kind == other or not {kind, other} & _APART
