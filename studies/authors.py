"""Authors of a reference as people type them: one per line, ``Family, Given`` or the name of a group. Pure.

A part that holds a comma or a quotation mark stands in quotation marks, as in a CSV file, so
that every list of names comes back as it went.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

MAX_AUTHORS = 3000
MAX_PART = 200


def as_lines(authors: Iterable[Sequence[str]]) -> str:
    """The text to edit; ``from_lines`` gives the same authors again."""
    return "\n".join(", ".join(_quoted(str(part)) for part in author) for author in authors)


def from_lines(text: str) -> list[list[str]]:
    """The authors in ``text``; raises ``ValueError`` with a sentence for whoever typed it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_AUTHORS:
        raise ValueError(f"There are more than {MAX_AUTHORS} authors. Leave the last ones out.")
    return [_author(number, line) for number, line in enumerate(lines, start=1)]


def _author(number: int, line: str) -> list[str]:
    try:
        parts = next(csv.reader([line], skipinitialspace=True, strict=True))
    except (csv.Error, StopIteration):
        raise ValueError(f"Line {number}: a quotation mark is not closed, or text follows it.") from None
    author = [part.strip() for part in parts]
    if author[-1] == "" and len(author) > 1:
        raise ValueError(f"Line {number}: something is missing after the last comma.")
    if len(author) > 3:
        raise ValueError(
            f"Line {number}: write “Family, Given”, with a suffix at most “Family, Given, Jr”. "
            "Put the name of a group with commas in quotation marks."
        )
    if not all(author):
        raise ValueError(f"Line {number}: a name is missing before a comma.")
    if any(len(part) > MAX_PART for part in author):
        raise ValueError(f"Line {number}: a name is longer than {MAX_PART} characters.")
    return author


def _quoted(part: str) -> str:
    clean = " ".join(part.split())
    if any(mark in clean for mark in ',"'):
        return '"' + clean.replace('"', '""') + '"'
    return clean
