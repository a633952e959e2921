"""What the records of files would become, before anything is written (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from .matching.folding import squash
from .sources.base import Row, StudyRecord

State = Literal["new", "repeated", "incomplete", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One row of one file: what was read of it, and its state within what is imported together."""

    file: str
    row: Row
    state: State
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        record = self.row.record
        return {
            "file": self.file,
            "row": self.row.number,
            "state": self.state,
            "record": record.as_json() if record else None,
            "problem": self.problem,
        }


def preview(files: Iterable[tuple[str, Iterable[Row]]]) -> Iterator[Preview]:
    """Every row in order; the second of two rows with an identifier in common, or wholly alike, is repeated."""
    seen: dict[tuple[str, str], str] = {}
    for file, rows in files:
        for row in rows:
            if row.record is None:
                yield Preview(
                    file=file,
                    row=row,
                    state="failed",
                    problem=f"Line {row.line}: {row.problem}" if row.line else row.problem,
                )
                continue
            keys = list(_keys(row.record))
            first = next((seen[key] for key in keys if key in seen), "")
            place = f"row {row.number} of {file}"
            for key in keys:
                seen.setdefault(key, place)
            notes = " ".join(row.record.problems)
            if first:
                yield Preview(
                    file=file, row=row, state="repeated", problem=f"The same work as {first}. {notes}".strip()
                )
            elif row.record.is_bare or not row.record.title:
                missing = (
                    "This record says hardly more than its number."
                    if row.record.is_bare
                    else "This record has no title."
                )
                yield Preview(file=file, row=row, state="incomplete", problem=f"{missing} {notes}".strip())
            else:
                yield Preview(file=file, row=row, state="new", problem=notes)


def _keys(record: StudyRecord) -> Iterator[tuple[str, str]]:
    """By what a work is known as one: its identifiers, else title, first author, year and numbers together."""
    identified = [("doi", record.doi), ("pmid", record.pmid), ("pmcid", record.pmcid)]
    if record.type == "registration":
        identified += [("trial", number) for number in record.nct]
    stated = [(kind, value) for kind, value in identified if value]
    yield from stated
    if not stated and record.title and record.authors:
        words = (record.title, record.authors[0].name, str(record.year), record.volume, record.pages, record.journal)
        yield "words", "|".join(map(squash, words))
