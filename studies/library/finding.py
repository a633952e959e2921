"""The studies of a view, and how many each further choice would leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stemsite.search.finding import matching

from .choices import FILTERS, Choice
from .index import Index

MOST_FOUND = 2_000
"""Words that stand in more studies than these are answered with the best of them."""

TERMS = ("condition", "treatment")
COUNTED = ("design", "phase", "certainty", "results", "status", "standing")
"""Filters whose every value is counted."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one choice and its words leave of the library."""

    library: Index
    choice: Choice
    words: Words

    def mask(self, *without: str) -> int:
        """The studies of the view, or of that without some of its filters."""
        mask = self.library.everything
        if self.words.pages is not None and "q" not in without:
            mask &= self.library.of_pages(self.words.pages)
        for name in FILTERS:
            if name not in without and (value := getattr(self.choice, name)):
                mask &= self._having(name, value)
        return mask

    def pages(self) -> list[int]:
        """The studies of the view as it is sorted: as chosen, else the best match or the newest first."""
        mask = self.mask()
        if self.words.pages is None or self.choice.sort:
            return self.library.in_order(mask, self.choice.sort or "year")
        return [page for page in self.words.pages if self.library.holds(mask, page)]

    def counts(self) -> Counts:
        """What each value of each filter would leave, whatever was chosen of that filter."""
        return {name: dict(self._counted(name)) for name in COUNTED}

    def terms(self, kind: str) -> dict[str, tuple[str, int]]:
        """Names and numbers of the conditions or treatments that studies are about, by slug; the most studied first."""
        wanted = self.mask(kind)
        counted = [
            (-(term.mask & wanted).bit_count(), term.name, term.slug) for term in self.library.named.get(kind, ())
        ]
        found: dict[str, tuple[str, int]] = {}
        for number, name, slug in sorted(one for one in counted if one[0]):
            known, before = found.get(slug, (name, 0))
            found[slug] = (known, before - number)
        return found

    def _counted(self, name: str) -> list[tuple[str, int]]:
        wanted = self.mask(name)
        numbers = {value: (mask & wanted).bit_count() for value, mask in self.library.valued.get(name, {}).items()}
        return sorted((value, number) for value, number in numbers.items() if number)

    def _having(self, name: str, value: str) -> int:
        if name not in TERMS:
            return self.library.valued.get(name, {}).get(value, 0)
        mask = 0
        for term in self.library.named.get(name, ()):
            mask |= term.mask if term.slug == value else 0
        return mask
