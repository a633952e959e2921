"""One record held against one reference: which fields agree, and whether it is the same work (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from studies.sources.base import StudyRecord
from studies.sources.standing import NOTICE_TITLE

from . import fields
from .fields import State
from .folding import expanded
from .index import Prepared, RecordIndex
from .numbers import read_numbers
from .reference import Reference
from .titles import different_words, find_title, goes_on, likely_title

SAME_TITLE, NEAR_TITLE = 0.90, 0.93
SHORT_TITLE = 6
COVER_WITH_AUTHOR, COVER_WITH_JOURNAL, COVER_ALONE = 0.50, 0.55, 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One record held against one reference."""

    entry: Prepared
    similarity: float
    cover: float
    states: dict[str, State]
    said: dict[str, str]
    is_same: bool = False
    notes: tuple[str, ...] = ()

    @property
    def agreements(self) -> int:
        return sum(state in ("agrees", "near") for field, state in self.states.items() if field != "title")

    @property
    def contradictions(self) -> int:
        return sum(state == "differs" for field, state in self.states.items() if field != "title")

    @property
    def rank(self) -> tuple[float, ...]:
        """What decides among candidates: agreement, never a search score; a preprint yields to its paper."""
        is_paper = self.entry.record.type != "preprint"
        return (self.agreements - self.contradictions, self.similarity, self.cover, is_paper, -self.entry.place)


def compare(reference: Reference, entry: Prepared, index: RecordIndex | None = None) -> Comparison:
    """Every field of ``entry`` that the reference states, judged."""
    similarity, start, end = find_title(reference, entry)
    index = index or RecordIndex([entry.record])
    cover = index.cover(entry, reference.words)
    has_title = similarity >= SAME_TITLE
    if not has_title:
        start, end = likely_title(reference, entry, index)
        cover = index.cover(entry, expanded(reference.text[start:end]))
    before, after = reference.text[:start], reference.text[end:]
    numbers = read_numbers(before, after)
    states: dict[str, State] = {"title": "agrees" if has_title else "differs"}
    said = {"title": reference.text[start:end].strip(" .,;:\"“”'")}
    notes: list[str] = []
    if has_title and (difference := different_words(reference.text[start:end], entry)):
        states["title"] = "differs"
        notes.append(difference)
    record = entry.record
    if any((one.kind, one.value) in entry.identifiers for one in reference.identifiers):
        states["identifier"] = "agrees"
    if record.type == "registration":
        states["author"], said["author"] = fields.author(before, "", record)
    else:
        states["journal"], said["journal"], between = fields.journal(after, numbers, record)
        states["author"], said["author"] = fields.author(before, between, record)
        if has_title and states["title"] == "agrees" and goes_on(between, entry, record):
            states["title"], said["title"] = "differs", f"{said['title']}{between}".strip(" .")
        states["year"], said["year"] = fields.year(numbers, record, exact=not has_title)
        states["volume"], said["volume"] = fields.volume(numbers, record)
        states["pages"], said["pages"] = fields.first_page(numbers, record)
    comparison = Comparison(
        entry=entry, similarity=similarity, cover=cover, states=states, said=said, notes=tuple(notes)
    )
    is_same = _is_same(comparison, before) and (
        not has_title or _same_kind_of_notice(before, reference.text[start:end], record)
    )
    return replace(comparison, is_same=is_same)


def _is_same(found: Comparison, before: str) -> bool:
    """Whether the reference is about this work: by its title, or by a paraphrase that other fields bear out."""
    size = len(found.entry.title_words)
    if found.similarity >= SAME_TITLE:
        if found.entry.record.type == "registration" and "identifier" in found.states:
            return True
        if size < SHORT_TITLE and found.agreements < 2:
            return False
        return not (found.similarity < NEAR_TITLE and found.contradictions >= 3)
    if size < 3:
        return False
    near_year = found.states.get("year") in ("agrees", "near") or _one_off(found)
    if found.states.get("author") == "agrees" and near_year and found.cover >= COVER_WITH_AUTHOR:
        return True
    if (
        found.states.get("journal") == "agrees"
        and found.states.get("year") == "agrees"
        and found.cover >= COVER_WITH_JOURNAL
    ):
        return True
    return near_year and found.cover >= COVER_ALONE and size >= SHORT_TITLE


def _one_off(found: Comparison) -> bool:
    years = [int(year) for year in re.findall(r"\d{4}", found.said.get("year", ""))]
    return any(abs(year - recorded) <= 1 for year in years for recorded in found.entry.record.years)


_NOTICE_LABEL = re.compile(
    r"\b(?:retraction|erratum|corrigendum|correction|expression of concern|withdrawal)"
    r"(?:\s+(?:note|notice|to|for|of))?\s*[:.—–-]*\s*[\"“]?$",
    re.IGNORECASE,
)


def _same_kind_of_notice(before: str, printed: str, record: StudyRecord) -> bool:
    """A paper and the notice about it share their title's words; only one of them is meant."""
    names_notice = bool(NOTICE_TITLE.match(printed) or _NOTICE_LABEL.search(before.strip()))
    return names_notice == bool(NOTICE_TITLE.match(record.title))
