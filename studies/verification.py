"""Does a printed reference agree with a record? The record is looked for in the reference (pure).

Nothing depends on taking the reference apart, and a stated identifier is never enough by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studies.identifiers import Identifier, Kind
from studies.matching.comparing import COVER_WITH_AUTHOR, SAME_TITLE, Comparison, compare
from studies.matching.index import Prepared, RecordIndex
from studies.matching.news import is_news
from studies.matching.reference import Reference
from studies.sources.base import StudyRecord

CHECKER_VERSION = 1

Verdict = Literal["verified", "mismatch", "wrong_identifier", "not_found", "secondary_source", "not_checked"]
Stated = Mapping[Kind, list[Prepared]]
"""Where each stated identifier leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One field in which the reference and the record differ, both in their own words."""

    field: str
    reference: str
    record: str

    def __str__(self) -> str:
        return f"{self.field}: the reference says “{self.reference}”, the record says “{self.record}”"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The verdict on one reference, and everything a person needs to judge it."""

    verdict: Verdict
    record: StudyRecord | None = None
    mismatches: tuple[Mismatch, ...] = ()
    integrity: str = "none"
    notes: tuple[str, ...] = ()
    leads_to: StudyRecord | None = None
    """Where a wrong identifier leads."""
    runners_up: tuple[StudyRecord, ...] = ()

    @property
    def fields(self) -> list[str]:
        return sorted({one.field for one in self.mismatches})


def verify(text: str, index: RecordIndex | None, *, more: Sequence[StudyRecord] = ()) -> Verification:
    """The verdict on the printed reference ``text`` against an index and ``more`` records just fetched."""
    reference = Reference.of(text)
    if index is None and not more:
        return _unasked(reference)
    index = index or RecordIndex(more)
    known = {entry.record.id for entry in index.entries} if more else set()
    fetched = [Prepared(record, len(index) + place) for place, record in enumerate(more) if record.id not in known]
    stated = {
        one.kind: [*index.identified(one.kind, one.value), *_named(fetched, one)] for one in reference.identifiers
    }
    found = [entry for entries in stated.values() for entry in entries]
    candidates = {entry.place: entry for entry in (*found, *index.best(reference.words), *fetched)}
    compared = [compare(reference, entry, index) for entry in candidates.values()]
    matched = sorted((one for one in compared if one.is_same), key=lambda one: one.rank, reverse=True)
    if matched:
        return _judged(reference, matched, stated, index)
    return _unmatched(reference, stated, compared)


def _judged(reference: Reference, matched: Sequence[Comparison], stated: Stated, index: RecordIndex) -> Verification:
    """The verdict where a work was found by its words."""
    best = matched[0]
    work = index.same_work(best.entry) if best.entry.place < len(index) else [best.entry]
    own = {(kind, value) for entry in work for kind, value in entry.identifiers}
    wrong, leads_to, notes = [], None, [*reference.notes, *best.notes]
    for one in reference.identifiers:
        recorded = [value for kind, value in own if kind == one.kind]
        elsewhere = [entry for entry in stated[one.kind] if entry.place not in {same.place for same in work}]
        if one.value in recorded or (one.kind == "trial" and best.entry.record.type != "registration"):
            continue
        if recorded or elsewhere:
            wrong.append(
                Mismatch(field=_field(one), reference=one.value, record=recorded[0] if recorded else "another work")
            )
            leads_to = elsewhere[0].record if elsewhere else leads_to
        else:
            notes.append(f"{_field(one).upper()} {one.value} was not checked: the record has none.")
    differing = [_mismatch(field, best) for field, state in best.states.items() if state == "differs"]
    notes += ["The year is one off; print and online dates may differ."] if best.states.get("year") == "near" else []
    notes += _twin(matched)
    verdict: Verdict = "wrong_identifier" if wrong else "mismatch" if differing else "verified"
    return Verification(
        verdict=verdict,
        record=best.entry.record,
        mismatches=(*wrong, *differing),
        integrity=index.standing(best.entry) if best.entry.place < len(index) else best.entry.record.integrity,
        notes=tuple(notes),
        leads_to=leads_to,
        runners_up=tuple(one.entry.record for one in matched[1:4]),
    )


def _twin(matched: Sequence[Comparison]) -> list[str]:
    """A much later preprint with the title of an older paper is suspected to be a copy."""
    best = matched[0].entry.record
    later = [
        one.entry.record for one in matched[1:] if one.entry.record.type == "preprint" and one.similarity >= SAME_TITLE
    ]
    return [f"{one.id} has the same title and is {one.year - best.year} years younger: perhaps a copy." for one in later
            if one.year and best.year and one.year - best.year >= 2]  # fmt: skip


def _unmatched(reference: Reference, stated: Stated, compared: Sequence[Comparison]) -> Verification:
    """The verdict where no work has the reference's words."""
    places = {entry.place for entries in stated.values() for entry in entries}
    led = sorted((one for one in compared if one.entry.place in places), key=lambda one: one.rank, reverse=True)
    likely = sorted(compared, key=lambda one: (one.cover, one.similarity), reverse=True)
    runners_up = tuple(one.entry.record for one in likely[:3] if one.cover > 0.2)
    if led and _describes(led[0]):
        best = led[0]
        differing = tuple(_mismatch(field, best) for field, state in best.states.items() if state == "differs")
        return Verification(
            verdict="mismatch",
            record=best.entry.record,
            mismatches=differing or (_mismatch("title", best),),
            integrity=best.entry.record.integrity,
            notes=reference.notes,
            runners_up=runners_up,
        )
    if led:
        leads_to = led[0].entry.record
        wrong = tuple(
            Mismatch(field=_field(one), reference=one.value, record=leads_to.title or leads_to.id)
            for one in reference.identifiers if stated[one.kind]
        )  # fmt: skip
        return Verification(
            verdict="wrong_identifier",
            mismatches=wrong,
            leads_to=leads_to,
            notes=reference.notes,
            runners_up=runners_up,
        )
    verdict: Verdict = "secondary_source" if is_news(reference.text) else "not_found"
    return Verification(verdict=verdict, notes=reference.notes, runners_up=runners_up)


def _describes(found: Comparison) -> bool:
    """Whether, besides its identifier, so much agrees with a record that only its title is printed wrongly."""
    if found.entry.record.type == "registration":
        return found.cover >= COVER_WITH_AUTHOR
    return found.agreements >= 4 and found.contradictions <= 1


def compare_with(text: str, record: StudyRecord) -> tuple[Mismatch, ...]:
    """Every field in which a reference differs from the record a person picked for it."""
    found = compare(Reference.of(text), Prepared(record))
    return tuple(_mismatch(field, found) for field, state in found.states.items() if state == "differs")


def _unasked(reference: Reference) -> Verification:
    if is_news(reference.text):
        return Verification(verdict="secondary_source", notes=reference.notes)
    return Verification(verdict="not_checked", notes=(*reference.notes, "There was no record to compare with."))


def _mismatch(field: str, found: Comparison) -> Mismatch:
    record = found.entry.record
    says = {
        "title": record.title,
        "author": record.authors[0].name if record.authors else "no author",
        "journal": record.journal or (record.journal_abbr[0] if record.journal_abbr else ""),
        "year": ", ".join(map(str, record.years)),
        "volume": record.volume,
        "pages": record.pages or record.article_number,
    }
    return Mismatch(field=field, reference=found.said.get(field, ""), record=says[field])


def _field(identifier: Identifier) -> str:
    return "nct" if identifier.kind == "trial" else identifier.kind


def _named(fetched: Iterable[Prepared], one: Identifier) -> list[Prepared]:
    return [entry for entry in fetched if (one.kind, one.value) in entry.identifiers]
