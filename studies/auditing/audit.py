"""The audit itself: references against records, studies that are news, facts a reader needs and does not get (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from rapidfuzz import fuzz

from studies.identifiers import find
from studies.matching import journals
from studies.matching.folding import expanded, squash
from studies.matching.index import RecordIndex
from studies.sources.base import StudyRecord
from studies.verification import Mismatch, Verification, compare_with, verify

from .pages import Line
from .parts import LINK_WORDS, Byline, PrintedReference, StudyBlock, byline, references, study_blocks
from .summaries import missing_facts, people_in

Severity = Literal["error", "warning", "note"]

MOST_REFERENCES, MOST_STUDIES = 500, 200
VERDICTS = {
    "mismatch": "differs from its record",
    "wrong_identifier": "states an identifier that leads to another work",
    "not_found": "no record found",
    "secondary_source": "is news or a press release: add the primary paper, or say that it is not published",
    "not_checked": "was not checked: there was no record to compare with",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend, and where it stands."""

    code: str
    severity: Severity
    where: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedReference:
    printed: PrintedReference
    found: Verification
    meant: StudyRecord | None = None
    if_meant: tuple[Mismatch, ...] = ()
    """What differs if the record proposed is the one that is meant."""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": "reference",
            "number": self.printed.number,
            "text": self.printed.text,
            **_verdict(self.found),
            "meant": self.meant.id if self.meant else None,
            "if_meant": [one.field for one in self.if_meant],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedStudy:
    block: StudyBlock
    found: Verification
    reference: int | None = None
    meant: StudyRecord | None = None
    people: tuple[int, ...] = ()
    is_news: bool = False
    missing: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        block = self.block
        return {
            "kind": "study",
            "heading": block.heading,
            "year": block.year,
            "title": block.title,
            "venue": block.venue,
            **_verdict(self.found),
            "reference": self.reference,
            "people": list(self.people),
            "is_news": self.is_news,
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    references: tuple[JudgedReference, ...]
    studies: tuple[JudgedStudy, ...]
    byline: Byline
    findings: tuple[Finding, ...]


def audit(lines: Sequence[Line], index: RecordIndex | None, *, unasked: Container[int] = ()) -> Audit:
    """Everything there is to say about the citations of a page.

    ``unasked`` are the numbers of references about which nobody could be asked: no record of them means nothing.
    """
    every, blocks = references(lines), study_blocks(lines)[:MOST_STUDIES]
    printed = every[:MOST_REFERENCES]
    pairs = _pairs(printed, blocks)
    judged = [
        _judge(one, next((block for number, block in pairs if number == one.number), None), index, unasked)
        for one in printed
    ]
    studies = [
        _judge_study(block, next((number for number, other in pairs if other is block), None), judged, index, unasked)
        for block in blocks
    ]
    by = byline(lines)
    findings = [*_about_references(judged), *_about_studies(studies), *_about_page(lines, by, printed)]
    if len(every) > len(printed):
        message = f"The page lists {len(every)} references; only the first {len(printed)} were read."
        findings.append(Finding(code="too_many", severity="warning", where="page", message=message))
    return Audit(references=tuple(judged), studies=tuple(studies), byline=by, findings=tuple(findings))


def _verdict(found: Verification) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "record": found.record.id if found.record else None,
        "mismatches": found.fields,
        "differences": [
            {"field": one.field, "reference": one.reference, "record": one.record} for one in found.mismatches
        ],
        "integrity": found.integrity,
    }


def _pairs(printed: Sequence[PrintedReference], blocks: Sequence[StudyBlock]) -> list[tuple[int, StudyBlock]]:
    """Which reference belongs to which study block: the most alike first, each once."""
    alike = [
        (fuzz.token_set_ratio(block.title, _title_of(one.text)), one.number, place)
        for one in printed
        for place, block in enumerate(blocks)
        if block.title
    ]
    alike.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    pairs: dict[int, int] = {}
    for likeness, number, place in alike:
        if likeness >= 60 and number not in pairs and place not in pairs.values():
            pairs[number] = place
    return [(number, blocks[place]) for number, place in pairs.items()]


def _title_of(text: str) -> str:
    """The longest sentence of a reference, which is its title more often than not."""
    return max(re.split(r"[.?!]\s+", text), key=len, default=text)


def _known(found: Verification, number: int | None, unasked: Container[int]) -> Verification:
    """Not found only where somebody answered."""
    return replace(found, verdict="not_checked") if found.verdict == "not_found" and number in unasked else found


def _judge(
    one: PrintedReference, block: StudyBlock | None, index: RecordIndex | None, unasked: Container[int]
) -> JudgedReference:
    found = _known(verify(one.text, index), one.number, unasked)
    if found.record or index is None:
        return JudgedReference(printed=one, found=found)
    meant = _meant(one.text, block, index)
    return JudgedReference(
        printed=one, found=found, meant=meant, if_meant=compare_with(one.text, meant) if meant else ()
    )


def _meant(text: str, block: StudyBlock | None, index: RecordIndex) -> StudyRecord | None:
    """The paper that the words beside a news item describe, when they describe one well; a person decides."""
    told = f"{text} {block.heading} {block.title} {block.text}" if block else text
    words = expanded(told)
    years = {int(year) for year in re.findall(r"(?:19|20)\d\d", f"{text} {block.year if block else ''}")}

    def score(record: StudyRecord, cover: float) -> float:
        """Words alone do not do: the year must be near, or the journal named."""
        near = any(abs(year - recorded) <= 1 for year in years for recorded in record.years)
        journal = any(squash(form) in squash(told) for form in journals.forms((record.journal, *record.journal_abbr)))
        return cover + 0.2 * near + 0.2 * journal

    papers = [one for one in index.best(words, limit=12) if one.record.type != "preprint" and not one.record.is_notice]
    scored = [
        (score(one.record, index.cover(one, words)), -one.place, one.record)
        for one in papers
        if len(one.title_words) >= 6
    ]
    best = max(scored, default=None, key=lambda one: one[:2])
    return best[2] if best and best[0] >= 0.7 else None


def _judge_study(
    block: StudyBlock,
    number: int | None,
    judged: Sequence[JudgedReference],
    index: RecordIndex | None,
    unasked: Container[int],
) -> JudgedStudy:
    found = _known(verify(block.as_reference, index), number, unasked)
    reference = next((one for one in judged if one.printed.number == number), None)
    is_news = found.verdict == "secondary_source" or bool(reference and reference.found.verdict == "secondary_source")
    return JudgedStudy(
        block=block,
        found=found,
        reference=number,
        meant=reference.meant if reference else None,
        people=tuple(people_in(block.text)),
        is_news=is_news and found.record is None,
        missing=tuple(missing_facts(block.text)),
    )


def _about_references(judged: Iterable[JudgedReference]) -> Iterator[Finding]:
    for one in judged:
        found, finding = one.found, _finder(f"reference {one.printed.number}")
        if found.verdict == "not_found":
            yield finding("not_found", "error", "No record was found for this reference.")
        elif found.verdict != "verified":
            severity: Severity = "note" if found.verdict == "not_checked" else "error"
            yield finding(found.verdict, severity, f"This reference {VERDICTS[found.verdict]}.")
        for mismatch in found.mismatches:
            yield finding(f"mismatch:{mismatch.field}", "error", _sentence(str(mismatch)))
        if one.meant:
            differing = ", ".join(sorted({mismatch.field for mismatch in one.if_meant}))
            then = f" Then it differs in: {differing}." if differing else ""
            yield finding("meant", "note", f"Perhaps {_named(one.meant)} is meant.{then}")
        if found.integrity not in ("none", "new_version"):
            yield finding(f"standing:{found.integrity}", "error", f"Standing: {found.integrity.replace('_', ' ')}.")
        if not find(one.printed.text):
            yield finding("no_identifier", "warning", _without_identifier(one))


def _without_identifier(one: JudgedReference) -> str:
    record = one.found.record
    known = [f"doi:{record.doi}"] if record and record.doi else []
    known += [f"PMID: {record.pmid}"] if record and record.pmid else []
    word = LINK_WORDS.search(one.printed.text)
    shown = f"; the word “{word[0].strip(' –—|-')}” is no address" if word else ""
    offer = f" Its record has {', '.join(known)}." if known else ""
    return f"No DOI, PMID or registration number is printed{shown}.{offer}"


def _about_studies(studies: Iterable[JudgedStudy]) -> Iterator[Finding]:
    for one in studies:
        block, found = one.block, one.found
        finding = _finder(" ".join(filter(None, ("study", str(block.year or ""), block.heading or block.title))))
        if one.is_news:
            message = "A news item is shown as a study. Name the paper or registration behind it."
            yield finding("news_as_study", "error", message)
        elif found.verdict == "not_found":
            yield finding("study:not_found", "error", "No record was found for this study.")
        elif found.verdict in ("mismatch", "wrong_identifier"):
            yield finding(f"study:{found.verdict}", "error", f"This study {VERDICTS[found.verdict]}.")
        for mismatch in found.mismatches:
            words = _sentence(str(mismatch).replace("the reference says", "the page says"))
            yield finding(f"study:mismatch:{mismatch.field}", "error", words)
        if not find(f"{block.title} {block.text} {block.venue}"):
            yield finding(
                "study:no_identifier", "warning", "No DOI, PMID or registration number is given for this study."
            )
        yield _about_people(one, finding)
        for fact in one.missing:
            yield finding("study:missing", "warning", fact)


def _about_people(one: JudgedStudy, finding: Callable[[str, Severity, str], Finding]) -> Finding:
    """The number of people the page states, held against the record where that names any."""
    recorded = _recorded_people(one.found.record or one.meant)
    if not one.people:
        return finding("study:people", "warning", "The number of people is not given.")
    if not recorded:
        message = f"The page says {one.people[0]} people; the record at hand does not say how many."
        return finding("study:people", "note", message)
    if one.people[0] in recorded:
        return finding("study:people", "note", f"The page and the record say {one.people[0]} people.")
    said = ", ".join(map(str, recorded[:4]))
    return finding("study:people", "error", f"The page says {one.people[0]} people, the record says {said}.")


def _recorded_people(record: StudyRecord | None) -> list[int]:
    if record is None:
        return []
    if record.people is not None:
        return [record.people]
    if record.trial and record.trial.enrollment is not None:
        return [record.trial.enrollment]
    return people_in(" ".join(text for _, text in record.abstract))


_SPECIALTY = re.compile(
    r"neurolog|cardiolog|orthop|surg|medicine|rheumat|patholog|pediatr|oncolog|psychiat|radiolog|dermatolog|urolog|family",
    re.IGNORECASE,
)


def _about_page(lines: Sequence[Line], by: Byline, printed: Sequence[PrintedReference]) -> Iterator[Finding]:
    text = "\n".join(line.text for line in lines)
    finding = _finder("page")
    if not by.reviewer:
        yield finding("no_reviewer", "error", "No medical reviewer is named.")
    elif not _SPECIALTY.search(by.reviewer):
        yield finding("reviewer_specialty", "warning", f"The reviewer's specialty is not named: “{by.reviewer}”.")
    if by.reviewer and not re.search(r"licen[cs]e|\bNPI\b|\bGMC\b", by.reviewer, re.IGNORECASE):
        yield finding("reviewer_licence", "note", "The reviewer's license is not given.")
    if not by.reviewed:
        yield finding("no_review_date", "error", "It is not said when the page was reviewed.")
    if not by.updated:
        yield finding("no_update_date", "warning", "It is not said when the page was updated.")
    elif not re.search(r"\d{1,2}[, ]|\d-\d\d$|/", by.updated):
        yield finding("update_day", "note", f"The day of the last update is not given: “{by.updated}”.")
    if not re.search(r"next review|review due", text, re.IGNORECASE):
        yield finding("no_next_review", "note", "It is not said when the next review is due.")
    if not printed:
        yield finding("no_references", "error", "The page has no list of references.")
    elif not re.search(r"\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]|[²³¹⁴-⁹]", text):
        yield finding("no_citations", "warning", "No sentence of the text points to a reference.")


def _finder(where: str) -> Callable[[str, Severity, str], Finding]:
    return lambda code, severity, message: Finding(code=code, severity=severity, where=where, message=message)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _named(record: StudyRecord) -> str:
    author = f"{record.authors[0].name} " if record.authors else ""
    return f"{author}{record.year or ''} – {record.title} ({record.id})".replace("  ", " ")
