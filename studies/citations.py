"""Formatted references: AMA Manual of Style, 11th edition, built from segments and escaped once.

Pure: a reference in, text or HTML out. The formatter never changes letter case; it prints the
recorded title. Parts that are missing leave no empty brackets or doubled stops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Protocol
from urllib.parse import quote

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

_MARKUP = re.compile(r"(</?(?:i|em|sub|sup)>)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BESIDE_NAME = re.compile(r"\s+[:=]\s.*\Z|\s*\([^()]*\)\s*\Z")


class Citable(Protocol):
    """The fields of a reference that a formatted citation prints; a ``Reference`` row has them."""

    kind: str
    title: str
    title_display: str
    authors: list[list[str]]
    editors: list[list[str]]
    journal: str
    journal_abbreviation: str
    year: int | None
    month: int | None
    day: int | None
    volume: str
    issue: str
    pages: str
    article_number: str
    doi: str | None
    registry: str
    registry_id: str | None
    url: str
    outlet: str
    updated_on: date | None
    accessed_on: date | None


@dataclass(frozen=True, slots=True)
class Segment:
    """Plain text of a citation; ``tag`` is ``i``, ``sub``, ``sup`` or empty."""

    text: str
    tag: str = ""


def ama(reference: Citable) -> tuple[Segment, ...]:
    """``reference`` in AMA style as segments."""
    by_kind = {"news": _news, "web": _web, "registration": _registration, "preprint": _preprint, "book": _book}
    return tuple(by_kind.get(reference.kind, _journal)(reference))


def as_text(segments: Iterable[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def as_html(segments: Iterable[Segment]) -> str:
    """Escaped HTML with ``i``, ``sub`` and ``sup`` only."""
    return "".join(
        f"<{segment.tag}>{escape(segment.text)}</{segment.tag}>" if segment.tag else escape(segment.text)
        for segment in segments
    )


def doi_url(doi: str) -> str:
    """The resolver's address with every reserved character encoded (EVD-03)."""
    return f"https://doi.org/{quote(doi, safe='/')}"


def author_list(authors: Sequence[Sequence[str]]) -> str:
    """Surname and initials without stops; up to six all, from seven the first three and et al."""
    names = [_name(author) for author in authors]
    return ", ".join([*names[:3], "et al"] if len(names) > 6 else names)


def _name(author: Sequence[str]) -> str:
    family, given, suffix = (*author, "", "")[:3]
    return " ".join(filter(None, (_clean(family), _initials(given), _clean(suffix))))


def _initials(given: str) -> str:
    return "".join(part[0].upper() for part in re.split(r"[\s.\-\u2010\u2011]+", _clean(given)) if part[:1].isalpha())


def _clean(text: str | None) -> str:
    return " ".join(_CONTROL.sub(" ", text or "").split())


def _sentence(text: str) -> str:
    """``text`` with a closing stop, unless it ends in one, or in a question or exclamation mark."""
    bare = text.rstrip()
    return bare if not bare or bare[-1] in ".?!" else f"{bare}."


def _title(reference: Citable, *, italic: bool = False) -> list[Segment]:
    """The title as a person set it, else as recorded; its markup becomes segments, everything else is text."""
    segments: list[Segment] = []
    tag = "i" if italic else ""
    for piece in _MARKUP.split(_clean(reference.title_display or reference.title)):
        if _MARKUP.fullmatch(piece):
            name = piece.strip("</>").replace("em", "i")
            tag = ("i" if italic else "") if piece.startswith("</") else name
        elif piece:
            segments.append(Segment(piece, tag))
    if segments and (closed := _sentence(segments[-1].text)) != segments[-1].text:
        segments.append(Segment(closed[len(segments[-1].text.rstrip()) :]))
    return segments


def sentence_case(title: str) -> str:
    """A proposal, never applied by itself: capitals at the beginning of words only where more letters are capitals."""
    first, *rest = title.split(" ")
    return " ".join((first, *(word.lower() if re.fullmatch(r"\W*[A-Z][a-z’'-]*\W*", word) else word for word in rest)))


def _lead(reference: Citable) -> list[Segment]:
    authors = author_list(reference.authors)
    return [Segment(f"{_sentence(authors)} ")] if authors else []


def _journal(reference: Citable) -> list[Segment]:
    journal = _journal_name(reference)
    segments = [*_lead(reference), *_title(reference)]
    if journal:
        segments += [Segment(" "), Segment(journal, "i"), Segment(".")]
    numbers = _numbers(reference)
    year = str(reference.year) if reference.year else ""
    when = ";".join(filter(None, (year, numbers)))
    if when:
        segments.append(Segment(f" {when}."))
    if reference.doi:
        segments.append(Segment(f" doi:{_clean(reference.doi)}"))
    return segments


def _journal_name(reference: Citable) -> str:
    """The NLM abbreviation without stops, else the name without subtitle and place (EVD-61)."""
    name = _clean(reference.journal)
    return _clean(reference.journal_abbreviation.replace(".", "")) or _BESIDE_NAME.sub("", name) or name


def _book(reference: Citable) -> list[Segment]:
    """A book, or a chapter in one when ``journal`` names the book."""
    container = _clean(reference.journal)
    segments = [*_lead(reference), *_title(reference, italic=not container)]
    if container:
        editors = author_list(reference.editors)
        role = ("eds" if len(reference.editors) > 1 else "ed") if editors else ""
        segments.append(Segment(f" In: {editors}, {role}. " if editors else " In: "))
        segments += [Segment(container, "i"), Segment(".")]
    published = "; ".join(filter(None, (_clean(reference.outlet), str(reference.year or ""))))
    where = ":".join(filter(None, (published, full_pages(reference.pages))))
    if where:
        segments.append(Segment(f" {where}."))
    if reference.doi:
        segments.append(Segment(f" doi:{_clean(reference.doi)}"))
    return segments


def _numbers(reference: Citable) -> str:
    issue = f"({_clean(reference.issue)})" if reference.issue else ""
    volume = f"{_clean(reference.volume)}{issue}"
    return ":".join(filter(None, (volume, full_pages(reference.pages) or _clean(reference.article_number))))


def full_pages(pages: str) -> str:
    """A page range with its last page in full: 637-41 prints 637-641."""
    bare = _clean(pages).replace("–", "-")
    match = re.fullmatch(r"(\d+)-(\d+)", bare)
    if match and len(match[2]) < len(match[1]):
        return f"{match[1]}-{match[1][: len(match[1]) - len(match[2])]}{match[2]}"
    return bare


def _preprint(reference: Citable) -> list[Segment]:
    posted = day_in_words(reference.year, reference.month, reference.day)
    segments = [*_lead(reference), *_title(reference)]
    if server := _clean(reference.journal or reference.outlet):
        segments.append(Segment(f" {server}."))
    segments.append(Segment(f" Preprint posted online {posted}." if posted else " Preprint."))
    if reference.doi:
        segments.append(Segment(f" doi:{_clean(reference.doi)}"))
    return segments


def _news(reference: Citable) -> list[Segment]:
    segments = [*_lead(reference), *_title(reference)]
    if outlet := _clean(reference.outlet or reference.journal):
        segments += [Segment(" "), Segment(outlet, "i"), Segment(".")]
    return segments + _dated_address(reference)


def _web(reference: Citable) -> list[Segment]:
    return [*_lead(reference), *_title(reference), *_dated_address(reference)]


def _registration(reference: Citable) -> list[Segment]:
    segments = _title(reference)
    registry = _clean(reference.registry) or "ClinicalTrials.gov"
    number = _clean(reference.registry_id)
    segments.append(Segment(f" {registry} identifier: {number}." if number else f" {registry}."))
    if reference.updated_on:
        segments.append(Segment(f" Updated {_day(reference.updated_on)}."))
    return segments + _access(reference)


def _dated_address(reference: Citable) -> list[Segment]:
    published = day_in_words(reference.year, reference.month, reference.day)
    doi = [Segment(f" doi:{_clean(reference.doi)}")] if reference.doi else _access(reference)
    return [*([Segment(f" {published}.")] if published else []), *doi]


def _access(reference: Citable) -> list[Segment]:
    """When it was read, and where; a DOI stands instead of both, but for registrations (EVD-62)."""
    accessed = [Segment(f" Accessed {_day(reference.accessed_on)}.")] if reference.accessed_on else []
    address = _clean(reference.url)
    shown = [Segment(f" {address}")] if address.startswith(("https://", "http://")) else []
    return [*accessed, *shown]


def _day(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def day_in_words(year: int | None, month: int | None = None, day: int | None = None) -> str:
    """What is known of a date, and no more: ``March 4, 2026``, ``March 2026``, ``2026`` or nothing."""
    if not year:
        return ""
    if not month:
        return str(year)
    name = MONTHS[month - 1]
    return f"{name} {day}, {year}" if day else f"{name} {year}"
