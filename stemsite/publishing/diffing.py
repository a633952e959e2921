"""Two contents of one page: what moved, what was added, removed or edited, word by word. Pure.

It knows no family: a section is a value with a ``key``, every other field is compared by what it
holds, so that no change of content is without a line here (PUB-25, PUB-26).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from .content import HOME, Content, Wording
from .wording_diff import Piece, as_words, increasing, shortened, words_between

Fate = Literal["added", "removed", "edited", "moved"]
Names = Mapping[tuple[str, int], str]
"""Words for ids: ``("study", 12)`` to the study's title."""

_NOTICES = {
    "status": "Notice of regulatory status",
    "status_full": "Full notice of regulatory status",
    "disclaimer": "Medical disclaimer",
    "support": "Supports, does not replace",
    "conflict_no": "What the clinic sells",
    "conflict_yes": "What the clinic sells",
}

_SILENT = frozenset({"schema", "pictures"})
_UNTOLD = frozenset({"schema", "pictures", "language"})
"""Left out of a whole text, where every page has the same."""
_IDENTITY = ("key", "reference", "person", "id", "kind", "number", "label", "headline", "question")
_LABELS = {
    "html": "text",
    "items": "points",
    "questions": "questions and answers",
    "alt": "alternative text",
    "slug": "address ends in",
    "kind": "kind of page",
    "subject": "guide about",
    "searched_on": "evidence last searched",
    "conditions": "about the condition",
    "interventions": "about the treatment",
    "other_harms": "other harms and worse outcomes",
    "outcome_of": "people judged for the main outcome",
    "not_significant": "chance alone could explain the difference",
    "seller_paid": "paid for by the maker",
    "surrogate": "measured instead of what people feel",
    "stopped_because": "stopped early because",
    "one_centre": "one hospital only",
    "enrolled_is_planned": "number of people is planned",
    "is_preprint": "preprint",
    "has_results": "results are published",
    "offered": "offered by this clinic",
    "venue": "journal or sponsor",
    "cells": "what was given",
    "masking": "who was blinded",
    "related": "related pages",
    "offers_subject": "does the clinic sell it",
    "papers": "further papers",
    "judged": "certainty set by a person",
    "of": "out of",
    "study": "study shown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One field that differs, with its words on both sides."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionChange:
    key: str
    fate: Fate
    moved: bool
    heading: str
    type: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """``whole`` when there was nothing before: then this is the whole text."""

    whole: bool
    facts: tuple[Passage, ...]
    sections: tuple[SectionChange, ...]
    sources: tuple[Passage, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.facts or self.sections or self.sources)


def compare(before: Content | None, after: Content, *, names: Names | None = None) -> Difference:
    """From ``before`` to ``after``; without ``before``, all of ``after``."""
    comparison = _Comparison(before, after, names or {})
    old = {field: getattr(before, field) for field in _fields(before)} if before is not None else {}
    new = {field: getattr(after, field) for field in _fields(after)}
    silent = _SILENT if before is not None else _UNTOLD
    plain = [field for field in {**new, **old} if field not in {"sections", "citations", *silent}]
    return Difference(
        whole=before is None,
        facts=tuple(comparison.passages(plain, old, new)),
        sections=tuple(comparison.sections(old.get("sections", ()), new.get("sections", ()))),
        sources=tuple(comparison.passages(["citations"], old, new)),
    )


def _fields(value: Any) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(value))


class _Comparison:
    def __init__(self, before: Content | None, after: Content, names: Names) -> None:
        self.names = names
        cited = (*(before.citations if before is not None else ()), *after.citations)
        self.sources = {citation.reference: citation.short for citation in cited}

    def passages(self, fields: Iterable[str], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Passage]:
        for field in fields:
            was, now = (None if side.get(field) is msgspec.UNSET else side.get(field) for side in (old, new))
            if was == now or (field not in old and _is_blank(now)):
                continue
            pieces = _without_leading_break(self._pieces(field, was, now))
            yield Passage(label=_label(field), pieces=pieces or (Piece("added", "Details changed."),))

    def sections(self, old: Iterable[Any], new: Iterable[Any]) -> Iterable[SectionChange]:
        """In today's order, each removed section where it stood."""
        was, now = {section.key: section for section in old}, {section.key: section for section in new}
        places = {key: index for index, key in enumerate(was)}
        kept = [key for key in now if key in was]
        steady = {kept[index] for index in increasing([places[key] for key in kept])}
        gone = [key for key in was if key not in now]
        for key in now:
            while gone and key in was and places[gone[0]] < places[key] and key in steady:
                yield self._whole(was[gone.pop(0)], "removed")
            if key not in was:
                yield self._whole(now[key], "added")
            elif change := self._section(was[key], now[key], moved=key not in steady):
                yield change
        for key in gone:
            yield self._whole(was[key], "removed")

    def _section(self, old: Any, new: Any, *, moved: bool) -> SectionChange | None:
        before, after = _values(old), _values(new)
        passages = tuple(
            Passage(label=passage.label, pieces=shortened(passage.pieces))
            for passage in self.passages({**after, **before}, before, after)
        )
        if not passages and not moved:
            return None
        return SectionChange(
            key=new.key,
            fate="edited" if passages else "moved",
            moved=moved,
            heading=new.heading or old.heading,
            type=_type(new),
            passages=passages,
        )

    def _whole(self, section: Any, fate: Fate) -> SectionChange:
        """A section that stands on one side only, its words without marks of change."""
        shown = [field for field, value in _values(section).items() if not _is_blank(value)]
        passages = (
            Passage(label=_label(field), pieces=(Piece("same", self._words(field, getattr(section, field))),))
            for field in shown
            if field not in {"heading", "anchor", "type"}
        )
        return SectionChange(
            key=section.key,
            fate=fate,
            moved=False,
            heading=section.heading,
            type=_type(section),
            passages=tuple(passages),
        )

    def _pieces(self, field: str, was: Any, now: Any) -> tuple[Piece, ...]:
        if isinstance(was if was is not None else now, tuple) and _are_values(was or now):
            return self._listed(field, was or (), now or ())
        return words_between(self._text(field, was), self._text(field, now), sources=self.sources)

    def _listed(self, field: str, was: tuple[Any, ...], now: tuple[Any, ...]) -> tuple[Piece, ...]:
        """Items by identity: old ones that are gone, new ones, and those whose words changed."""
        old, new = {_identity(item): item for item in was}, {_identity(item): item for item in now}
        pieces: list[Piece] = []
        for key in dict.fromkeys([*old, *new]):
            before, after = (self._text(field, items[key]) if key in items else "" for items in (old, new))
            if key in old and key in new and old[key] == new[key]:
                continue
            pieces += [*words_between(before, after, sources=self.sources), Piece("same", "\n")]
        if not pieces:
            pieces = [Piece("added", f"New order: {', '.join(self._words(field, item) for item in now)}")]
        return tuple(pieces)

    def _words(self, field: str, value: Any) -> str:
        return as_words(self._text(field, value), sources=self.sources)

    def _text(self, field: str, value: Any) -> str:
        """``value`` as text whose words can be compared."""
        match value:
            case None | "" | msgspec.UNSET:
                return ""
            case bool():
                return "yes" if value else "no"
            case int():
                return self.names.get(
                    (field, value), f"no. {value}" if field in {"study", "picture", "related"} else str(value)
                )
            case str():
                return value
            case tuple() if field in {"items", "questions"}:
                return "".join(f"<li>{self._text('item', item)}</li>" for item in value)
            case tuple():
                return ", ".join(self._text(field, item) for item in value)
            case msgspec.Struct():
                return self._struct(value)
        return str(value)

    def _struct(self, value: Any) -> str:
        if isinstance(value, Wording):
            law = "" if value.law == HOME else f", {value.law}"
            words = " ".join(filter(None, (value.lead, value.text)))
            name = _NOTICES.get(value.kind, value.kind.replace("_", " "))
            return f"{name} (version {value.version}{law}): {words}"
        if hasattr(value, "people") and hasattr(value, "of"):
            return self._count(value)
        if hasattr(value, "question"):
            return f"<h3>{value.question}</h3>{value.html}"
        told = [
            field for field in _fields(value) if field not in {"id", "slug", "person", "key", "schema", "reference"}
        ]
        told = [field for field in told if field != "known" or value.known != "stated"]
        if "html" in told and "text" in told:
            told = ["text"]
        return ", ".join(text for field in told if (text := self._text(field, getattr(value, field))))

    def _count(self, value: Any) -> str:
        """People with their denominator, such as "2 of 18", and what is said besides."""
        number = "" if value.people is None else f"{value.people} of {value.of}" if value.of else str(value.people)
        known = "" if value.known == "stated" else value.known
        read = self._text("read", getattr(value, "read", msgspec.UNSET))
        return ", ".join(filter(None, (number, known, value.note, value.passage, read)))


def _without_leading_break(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """A text begins with its first word, not with the break before its first paragraph."""
    if pieces and pieces[0].op == "same":
        first = Piece("same", pieces[0].text.lstrip("\n"))
        return (first, *pieces[1:]) if first.text else pieces[1:]
    return pieces


def _values(section: Any) -> dict[str, Any]:
    return {"type": _type(section)} | {field: getattr(section, field) for field in _fields(section) if field != "key"}


def _type(section: Any) -> str:
    return str(section.__struct_config__.tag or "section")


def _is_blank(value: Any) -> bool:
    return value in (None, "", (), False, msgspec.UNSET)


def _are_values(items: Any) -> bool:
    return bool(items) and isinstance(items[0], msgspec.Struct) and not hasattr(items[0], "question")


def _identity(item: Any) -> Any:
    return next((getattr(item, name) for name in _IDENTITY if hasattr(item, name)), item)


def _label(field: str) -> str:
    return _LABELS.get(field, field.replace("_", " "))
