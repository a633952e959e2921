"""The parts of a page that an audit looks at: its reference list, its study blocks, its byline (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .pages import Line

_REFERENCES = re.compile(
    r"^\W*(?:references?|sources?|citations?|bibliography|works cited|literature|further reading)\W*$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*\[?(\d{1,3})[\].)]\s+(.*)$")
_BULLET = re.compile(r"^\s*[•*·▪–-]\s+(.*)$")
_YEAR_HEADING = re.compile(r"^\W*((?:19|20)\d\d)\s*[–—:-]\s*(.{3,120})$")
_LABEL = re.compile(
    r"^(title|study|institution|journal|source|authors?|publication|published in|publisher|summary|results?|findings"
    r"|link|doi|pmid)\s*:\s*(.*)$",
    re.IGNORECASE,
)
LINK_WORDS = re.compile(
    r"\s*[–—|-]?\s*(?:read (?:the )?(?:full )?(?:study|summary|article|more)|pubmed|view (?:study|source)"
    r"|link|full text)(?:\s*<[^>]*>)?\s*$",
    re.IGNORECASE,
)
_NAMES_SOURCE = ("title", "study", "journal", "institution", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedReference:
    """One item of the reference list, by its number on the page."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyBlock:
    """A study as the page presents it: year and headline, labelled lines, words of summary."""

    heading: str
    year: int | None
    title: str = ""
    venue: str = ""
    venue_label: str = ""
    authors: str = ""
    text: str = ""

    @property
    def as_reference(self) -> str:
        """The block in the words of a reference, to be judged like one."""
        parts = [self.authors, self.title or self.heading, f"{self.venue}, {self.year}" if self.year else self.venue]
        return ". ".join(part.strip(" .") for part in parts if part.strip(" .,")) + "."


def references(lines: Sequence[Line]) -> list[PrintedReference]:
    """The items below each heading of references, up to the first line that is none."""
    found: list[PrintedReference] = []
    for place, line in enumerate(lines):
        if _REFERENCES.match(line.text) and len(line.text) < 40:
            found += _items(lines[place + 1 :])
    return found


def _items(lines: Sequence[Line]) -> list[PrintedReference]:
    first = next((line.text for line in lines if line.text), "")
    pattern = _ITEM if _ITEM.match(first) else _BULLET if _BULLET.match(first) else None
    items: list[PrintedReference] = []
    previous_blank = True
    for line in lines:
        if not line.text:
            previous_blank = True
            continue
        match = pattern.match(line.text) if pattern else None
        if match:
            number = int(match[1]) if pattern is _ITEM else len(items) + 1
            items.append(PrintedReference(number=number, text=match[match.lastindex or 1]))
        elif items and not previous_blank:
            last = items[-1]
            items[-1] = PrintedReference(number=last.number, text=f"{last.text} {line.text}")
        elif pattern is None and not line.is_heading and re.search(r"(?:19|20)\d\d", line.text):
            items.append(PrintedReference(number=len(items) + 1, text=line.text))
        else:
            break
        previous_blank = False
    return items


def study_blocks(lines: Sequence[Line]) -> list[StudyBlock]:
    """Every "2019 – headline" with labelled lines below it, and every labelled title without one."""
    starts = [place for place, line in enumerate(lines) if _begins_block(lines, place)]
    ends = [place for place, line in enumerate(lines) if line.is_heading or _REFERENCES.match(line.text)]
    blocks = []
    for place, start in enumerate(starts):
        until = min([*starts[place + 1 : place + 2], *(end for end in ends if end > start), len(lines)])
        blocks.append(_block(lines[start:until]))
    return [block for block in blocks if block.title or block.venue]


def _begins_block(lines: Sequence[Line], place: int) -> bool:
    text = lines[place].text
    if _YEAR_HEADING.match(text):
        labels = [_LABEL.match(line.text) for line in lines[place + 1 : place + 6]]
        return any(label and label[1].lower() in _NAMES_SOURCE for label in labels)
    match = _LABEL.match(text)
    below_heading = any(_YEAR_HEADING.match(line.text) for line in lines[max(0, place - 4) : place])
    return bool(match and match[1].lower() == "title" and not below_heading)


def _block(lines: Sequence[Line]) -> StudyBlock:
    heading = lines[0].text if _YEAR_HEADING.match(lines[0].text) else ""
    year = _YEAR_HEADING.match(heading)
    labelled: dict[str, str] = {}
    words: list[str] = []
    for line in lines[1 if heading else 0 :]:
        match = _LABEL.match(line.text)
        if match and match[1].lower() not in ("summary", "result", "results", "findings"):
            labelled.setdefault(match[1].lower(), match[2].strip())
        else:
            words.append(match[2] if match else line.text)
    label = next(
        (
            name
            for name in ("journal", "publication", "published in", "source", "publisher", "institution")
            if labelled.get(name)
        ),
        "",
    )
    venue = LINK_WORDS.sub("", labelled.get(label, ""))
    parts = [part.strip() for part in venue.split(" / ")]
    return StudyBlock(
        heading=year[2].strip() if year else "",
        year=int(year[1]) if year else None,
        title=labelled.get("title") or labelled.get("study") or "",
        venue=parts[-1],
        venue_label=label,
        authors=labelled.get("authors") or labelled.get("author") or "",
        text=" ".join(filter(None, words)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """Who reviewed a page and when, as far as it says."""

    reviewer: str = ""
    reviewed: str = ""
    updated: str = ""


_MONTHS = r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
_MONTHS += r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
_DATE = rf"({_MONTHS}\s+(?:\d{{1,2}},?\s+)?\d{{4}}|\d{{1,2}}\s+{_MONTHS}\s+\d{{4}}|\d{{4}}-\d\d-\d\d"
_DATE += r"|\d{1,2}/\d{1,2}/\d{4}|\d{4})"


def byline(lines: Sequence[Line]) -> Byline:
    """The reviewer's line and the two dates, wherever on the page they stand."""
    text = "\n".join(line.text for line in lines)
    reviewer = re.search(
        r"(?im)^\W*(?:medical(?:ly)? review(?:er|ed)?(?:\s+by)?|reviewed by)\s*:?\s+(?!on\b)([^\n]{3,160})$", text
    )
    reviewed = re.search(rf"(?i)\b(?:last |medically )?review(?:ed)?(?: date)?(?: on)?\s*:?\s*{_DATE}", text)
    updated = re.search(rf"(?i)\b(?:last )?updated?(?: on)?\s*:?\s*{_DATE}", text)
    return Byline(
        reviewer=reviewer[1].strip() if reviewer else "",
        reviewed=reviewed[1] if reviewed else "",
        updated=updated[1] if updated else "",
    )
