"""The evidence on a condition: one row a study in the words of its page, and what they add up to (PAGE-34, 35)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from stemsite.publishing.models import Page

from .. import evidence
from ..content import StudyContent, study_content
from ..models import Study
from ..rendering import Integrity, certainty_of
from .index import Index
from .marks import sign

SORTS = {"": "certainty", "year": "year", "people": "people"}
"""Values of ``?sort=`` and the column each sorts by; the surest come first where nothing is said."""

_WITHDRAWN = ("retracted", "partly-retracted")
_NOT_IN_PEOPLE = (Study.Design.REVIEW.value, Study.Design.LABORATORY.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    title: str
    url: str
    year: int | None
    cells: str
    design: str
    people: str
    compared_with: str
    result: str
    harms: str
    certainty: str
    status: str
    integrity: Integrity | None
    struck: bool
    """Whether the journal withdrew the paper: it is listed, and counts for nothing."""
    number: int
    """People who took part, or are planned where ``hollow``; 0 where it is not known."""
    kind: str
    hollow: bool

    @property
    def sign(self) -> SafeString:
        """The study's mark as the drawing above the table has it, in one size."""
        return mark_safe(sign(self.kind, hollow=self.hollow, struck=self.struck))


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    studies: int
    by_chance: int
    with_results: int
    people: int
    without_results: int
    withdrawn: int


def totals(library: Index, mask: int) -> Totals:
    """Papers that were withdrawn, reviews and work on animals add no people; nor do people who are only planned."""

    def having(name: str, *values: str) -> int:
        found = 0
        for value in values:
            found |= library.valued.get(name, {}).get(value, 0)
        return found

    stands = mask & ~having("standing", *_WITHDRAWN)
    in_people = stands & having("results", "published") & ~having("design", *_NOT_IN_PEOPLE)
    return Totals(
        studies=mask.bit_count(),
        by_chance=(stands & having("design", Study.Design.RANDOMISED.value)).bit_count(),
        with_results=in_people.bit_count(),
        people=library.people(in_people),
        without_results=(stands & having("results", "none")).bit_count(),
        withdrawn=(mask & ~stands).bit_count(),
    )


def rows(pages: Sequence[Page], standing: Mapping[int, Integrity]) -> tuple[Row, ...]:
    contents = [study_content(page.version_for_readers().content) for page in pages]
    return tuple(_row(page, found, standing) for page, found in zip(pages, contents, strict=True))


def _row(page: Page, found: StudyContent, standing: Mapping[int, Integrity]) -> Row:
    integrity = standing.get(found.primary.reference) if found.primary else None
    sure = certainty_of(found, integrity)
    return Row(
        title=found.title,
        url=page.get_absolute_url(),
        year=found.year,
        cells=found.cells,
        design=evidence.DESIGN_WORDS.get(found.design, ""),
        people=evidence.people_words(found),
        compared_with=evidence.fact_words(found.comparator, "what it was compared with"),
        result=evidence.outcome_sentence(found),
        harms=evidence.harms_sentence(found),
        certainty=sure.level.capitalize() if sure.level else "No word of certainty",
        status=_status(found),
        integrity=integrity,
        struck=integrity is not None and integrity.label.startswith(("Retracted", "Partly retracted")),
        number=found.people or found.enrolled.people or 0,
        kind=_KINDS.get(found.design, "one group"),
        hollow=not found.has_results,
    )


_KINDS = {
    "randomised": "by chance",
    "controlled": "compared",
    "historical": "compared",
}


def _status(found: StudyContent) -> str:
    """Where it stands: its results, and what the registry said when we last looked."""
    said = next((row.status for row in found.registrations if row.status), "")
    results = "Results published" if found.has_results else "No results yet"
    if found.is_preprint:
        results = "Preprint, not peer reviewed"
    return ". ".join(filter(None, (results, f"Registry: {said}" if said else "")))


HEADINGS = (
    "Year",
    "Study",
    "What was given",
    "How it was done",
    "People",
    "Compared with",
    "Main result",
    "Deaths and serious harms",
    "Certainty",
    "Status",
    "Notice",
    "Address",
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(found: Sequence[Row], site: str) -> str:
    """The table as a file; no value begins as a formula does, so that no spreadsheet runs it (EVD-67)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for row in found:
        values = (
            str(row.year or ""),
            row.title,
            row.cells,
            row.design,
            row.people,
            row.compared_with,
            row.result,
            row.harms,
            row.certainty,
            row.status,
            row.integrity.label if row.integrity else "",
            f"{site}{row.url}",
        )
        writer.writerow([f"'{value}" if value.startswith(_FORMULA) else value for value in values])
    return out.getvalue()
