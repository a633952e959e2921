"""A local index of records: by identifier, and by the rare words of their titles (pure)."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from studies.sources.base import StudyRecord
from studies.sources.standing import LADDER, RETRACTED_TITLE

from .folding import content_words, expanded, squash

CANDIDATES = 8


@dataclass(frozen=True)
class Prepared:
    """A record with the forms of its title that are looked for."""

    record: StudyRecord
    place: int = 0

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The title and its other forms, longest first; "RETRACTED:" in front is no part of it."""
        given = (self.record.title, *self.record.alt_titles)
        forms = [form for title in given for form in (title, RETRACTED_TITLE.sub("", title)) if squash(form)]
        return tuple(sorted(dict.fromkeys(forms), key=lambda title: -len(title)))

    @cached_property
    def squashed_titles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(squash, self.titles)))

    @cached_property
    def main_title(self) -> str:
        return RETRACTED_TITLE.sub("", self.record.title or (self.titles[0] if self.titles else ""))

    @cached_property
    def title_words(self) -> frozenset[str]:
        return frozenset(content_words(self.main_title))

    @cached_property
    def identifiers(self) -> frozenset[tuple[str, str]]:
        record = self.record
        own = [("doi", record.doi), ("pmid", record.pmid), ("pmcid", record.pmcid)]
        if record.type == "registration":
            own += [("trial", number) for number in record.nct]
        return frozenset((kind, value.lower() if kind == "doi" else value) for kind, value in own if value)


class RecordIndex:
    """Records to search in place of, or besides, the registries."""

    def __init__(self, records: Iterable[StudyRecord]) -> None:
        self.entries = [Prepared(record, place) for place, record in enumerate(records)]
        self._by_identifier: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for entry in self.entries:
            for key in entry.identifiers:
                self._by_identifier[key].append(entry.place)
            for word in {word for title in entry.titles for word in expanded(title)}:
                self._by_word[word].append(entry.place)

    def __len__(self) -> int:
        return len(self.entries)

    def identified(self, kind: str, value: str) -> list[Prepared]:
        return [self.entries[place] for place in self._by_identifier.get((kind, value), ())]

    def weight(self, word: str) -> float:
        """The rarer a word among the titles, the more it says."""
        return math.log(1 + len(self.entries) / (1 + len(self._by_word.get(word, ()))))

    def best(self, text_words: set[str], limit: int = CANDIDATES) -> list[Prepared]:
        """The records whose titles share the most, and the rarest, words with a text; first come first where equal."""
        scores: dict[int, float] = defaultdict(float)
        common = max(300, len(self.entries) // 12)
        for word in text_words:
            places = self._by_word.get(word, ())
            if 0 < len(places) <= common:
                weight = self.weight(word)
                for place in places:
                    scores[place] += weight
        ranked = heapq.nsmallest(limit * 3, scores, key=lambda place: (-scores[place], place))
        return sorted(
            (self.entries[place] for place in ranked),
            key=lambda one: (-scores[one.place] * self.cover(one, text_words), one.place),
        )[:limit]

    def cover(self, entry: Prepared, text_words: set[str]) -> float:
        """The share of a title's words, weighted by rarity, that occur in a text."""
        whole = sum(map(self.weight, entry.title_words))
        return sum(self.weight(word) for word in entry.title_words if word in text_words) / whole if whole else 0.0

    def same_work(self, entry: Prepared) -> list[Prepared]:
        """Everything known under an identifier of ``entry``, itself included."""
        places = {place for key in entry.identifiers for place in self._by_identifier[key]} | {entry.place}
        return [self.entries[place] for place in sorted(places)]

    def standing(self, entry: Prepared) -> str:
        """The worst standing any record of the work has; a notice is only what it is."""
        if entry.record.integrity not in LADDER:
            return entry.record.integrity
        states = [one.record.integrity for one in self.same_work(entry) if one.record.integrity in LADDER]
        return min(states, key=LADDER.index, default="none")
