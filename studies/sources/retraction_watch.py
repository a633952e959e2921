"""The list of Retraction Watch: a large CSV, read row by row (pure)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studies.identifiers import normalise

from .base import FileRefused
from .words import date_from

COLUMNS = (
    "RetractionDate",
    "RetractionDOI",
    "RetractionPubMedID",
    "OriginalPaperDOI",
    "OriginalPaperPubMedID",
    "RetractionNature",
)
NATURES = {
    "retraction": "retracted",
    "partial retraction": "partly retracted",
    "expression of concern": "concern",
    "correction": "corrected",
    "reinstatement": "reinstated",
}
MAX_FIELD = 1024 * 1024
_MADE_UP = re.compile(r"(?:concern|retraction|correction|reinstatement)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the list says about one paper, once."""

    kind: str
    paper_doi: str | None
    paper_pmid: str | None
    notice_doi: str | None
    notice_pmid: str | None
    day: tuple[int, int, int] | None
    reasons: tuple[str, ...]
    record_id: str = ""

    @property
    def notice(self) -> str:
        """The notice by its DOI, unless that was made up for the list or is the paper's own; else by its PMID."""
        if self.notice_doi and self.notice_doi != self.paper_doi and not _MADE_UP.search(self.notice_doi):
            return self.notice_doi
        if self.notice_pmid and self.notice_pmid != self.paper_pmid:
            return f"PMID {self.notice_pmid}"
        return self.paper_doi or "" if self.notice_doi == self.paper_doi else ""


def read(lines: Iterable[str]) -> Iterator[Row]:
    """Every row with a known nature and a paper that can be named; a file without the columns is refused."""
    csv.field_size_limit(MAX_FIELD)
    rows = csv.DictReader(line.replace("\0", "") for line in lines)
    try:
        if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
            raise FileRefused(f"This is not the list of Retraction Watch: it has no column {', '.join(missing)}.")
        for plain in rows:
            if (row := _row(plain)) is not None:
                yield row
    except csv.Error:
        raise FileRefused(f"The list is damaged near line {rows.line_num}.") from None


def _row(plain: dict[str, str | None]) -> Row | None:
    kind = NATURES.get((plain.get("RetractionNature") or "").strip().lower())
    doi, pmid = _doi(plain, "OriginalPaperDOI"), _pmid(plain, "OriginalPaperPubMedID")
    if not kind or not (doi or pmid):
        return None
    return Row(
        kind=kind,
        paper_doi=doi,
        paper_pmid=pmid,
        notice_doi=_doi(plain, "RetractionDOI"),
        notice_pmid=_pmid(plain, "RetractionPubMedID"),
        day=_day(plain.get("RetractionDate") or ""),
        reasons=tuple(filter(None, (one.strip(" +") for one in (plain.get("Reason") or "").split(";")))),
        record_id=(plain.get("Record ID") or "").strip(),
    )


def _doi(plain: dict[str, str | None], name: str) -> str | None:
    value = (plain.get(name) or "").strip()
    return normalise("doi", value) if value.lower() != "unavailable" else None


def _pmid(plain: dict[str, str | None], name: str) -> str | None:
    return normalise("pmid", (plain.get(name) or "").strip())


def _day(value: str) -> tuple[int, int, int] | None:
    """``M/D/YYYY 0:00``; a day that cannot be is none."""
    match = re.match(r"\s*(\d{1,2})/(\d{1,2})/(\d{4})\b", value)
    date = date_from(match[3], match[1], match[2]) if match else None
    return (date.year, date.month, date.day) if date and date.year and date.month and date.day else None
