"""Formatted references: NLM (Citing Medicine), built from the same segments as AMA and escaped once (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from .citations import MONTHS, Citable, Segment, _clean, _name, _sentence, _title, doi_url
from .identifiers import link

_BESIDE_NAME = re.compile(r"\s+[:=]\s.*\Z|\s*\([^()]*\)\s*\Z")
LISTED = 6


def nlm(reference: Citable) -> tuple[Segment, ...]:
    """``reference`` in NLM style as segments; titles keep their markup, journals stand upright."""
    by_kind = {"news": _news, "web": _web, "registration": _registration, "preprint": _preprint, "book": _book}
    return tuple(by_kind.get(reference.kind, _journal)(reference))


def author_list(authors: Sequence[Sequence[str]]) -> str:
    """Surname and initials without stops; up to six all, from seven the first six and et al."""
    names = [_name(author) for author in authors]
    return ", ".join([*names[:LISTED], "et al"] if len(names) > LISTED else names)


def _lead(reference: Citable) -> list[Segment]:
    authors = author_list(reference.authors)
    return [Segment(f"{_sentence(authors)} ")] if authors else []


def _journal(reference: Citable) -> list[Segment]:
    segments = [*_lead(reference), *_title(reference)]
    name = _clean(reference.journal)
    journal = _clean(reference.journal_abbreviation.replace(".", "")) or _BESIDE_NAME.sub("", name) or name
    if journal:
        segments.append(Segment(f" {journal}."))
    issue = f"({_clean(reference.issue)})" if reference.issue else ""
    volume = f"{_clean(reference.volume)}{issue}"
    numbers = ":".join(filter(None, (volume, short_pages(reference.pages) or _clean(reference.article_number))))
    when = ";".join(filter(None, (_month(reference), numbers)))
    if when:
        segments.append(Segment(f" {when}."))
    if reference.doi:
        segments.append(Segment(f" doi: {_clean(reference.doi)}."))
    return segments


def short_pages(pages: str) -> str:
    """A page range without the digits that repeat: 1813-1822 prints 1813-22; ranges with letters as recorded."""
    bare = _clean(pages).replace("–", "-")
    match = re.fullmatch(r"(\d+)-(\d+)", bare)
    if not match or len(match[1]) != len(match[2]) or int(match[2]) <= int(match[1]):
        return bare
    same = next(place for place in range(len(match[1])) if match[1][place] != match[2][place])
    return f"{match[1]}-{match[2][same:]}"


def _preprint(reference: Citable) -> list[Segment]:
    segments = [*_lead(reference), *_title(reference)]
    if server := _clean(reference.journal or reference.outlet):
        segments.append(Segment(f" {server} [Preprint]."))
    posted = _day(reference)
    pages = getattr(reference, "page_count", None)
    inside = "; ".join(filter(None, (f"posted {posted}" if posted else "", _cited(reference))))
    year = str(reference.year) if reference.year else ""
    when = " ".join(filter(None, (year, f"[{inside}]" if inside else "")))
    if when:
        segments.append(Segment(f" {when}{f': [{pages} p.]' if pages else ''}."))
    address = doi_url(reference.doi) if reference.doi else _address(reference)
    return [*segments, *_available(address)]


def _news(reference: Citable) -> list[Segment]:
    segments = [*_lead(reference), *_title(reference)]
    if outlet := _clean(reference.outlet or reference.journal):
        segments.append(Segment(f" {outlet} [Internet]."))
    return [*segments, *_dated(_day(reference), reference), *_available(_address(reference))]


def _web(reference: Citable) -> list[Segment]:
    """The group in its own NLM form where one is given, its place and name as publisher, then the page."""
    group = _clean(getattr(reference, "nlm_author", "")) or author_list(reference.authors)
    place, publisher = _clean(getattr(reference, "place", "")), _clean(reference.outlet)
    segments = [Segment(f"{group} [Internet]. ")] if group else []
    if published := ": ".join(filter(None, (place, publisher))):
        segments.append(Segment("; ".join(filter(None, (published, str(reference.year or "")))) + ". "))
    title = _open_title(reference)
    when = " ".join(filter(None, (_day(reference), f"[{_cited(reference)}]" if reference.accessed_on else "")))
    segments += [*title, *_closed(title, when)]
    return [*segments, *_available(_address(reference))]


def _registration(reference: Citable) -> list[Segment]:
    """The registry, the number and title of the trial, the day it was first posted."""
    registry = _clean(reference.registry) or "ClinicalTrials.gov"
    number = _clean(reference.registry_id)
    head = f"{registry} [Internet]."
    if registry == "ClinicalTrials.gov":
        head += " Bethesda (MD): National Library of Medicine (US). 2000 Feb 29 - ."
    title = _open_title(reference)
    when = " ".join(filter(None, (_day(reference), f"[{_cited(reference)}]" if reference.accessed_on else "")))
    segments = [Segment(f"{head} Identifier {number}, " if number else f"{head} "), *title]
    segments += _closed(title, when)
    return [*segments, *_available(_address(reference) or (link("trial", number) if number else ""))]


def _book(reference: Citable) -> list[Segment]:
    """A book, or a chapter in one when ``journal`` names the book."""
    container = _clean(reference.journal)
    segments = [*_lead(reference), *_title(reference)]
    if container:
        editors = getattr(reference, "editors", None) or []
        names = author_list(editors)
        role = "editors" if len(editors) > 1 else "editor"
        segments.append(Segment(f" In: {names}, {role}. {container}." if names else f" In: {container}."))
    place, publisher = _clean(getattr(reference, "place", "")), _clean(reference.outlet)
    published = "; ".join(filter(None, (": ".join(filter(None, (place, publisher))), str(reference.year or ""))))
    segments += [Segment(f" {published}.")] if published else []
    pages = short_pages(reference.pages)
    segments += [Segment(f" p. {pages}.")] if pages else []
    segments += [Segment(f" doi: {_clean(reference.doi)}.")] if reference.doi else []
    return segments


def _month(reference: Citable) -> str:
    """Year and month; the month when known."""
    month = MONTHS[reference.month - 1][:3] if reference.month else ""
    return " ".join(filter(None, (str(reference.year or ""), month if reference.year else "")))


def _day(reference: Citable) -> str:
    day = str(reference.day) if reference.day and reference.month and reference.year else ""
    return " ".join(filter(None, (_month(reference), day)))


def _cited(reference: Citable) -> str:
    return f"cited {_in_nlm(reference.accessed_on)}" if reference.accessed_on else ""


def _in_nlm(day: date) -> str:
    return f"{day.year} {MONTHS[day.month - 1][:3]} {day.day}"


def _dated(published: str, reference: Citable) -> list[Segment]:
    when = " ".join(filter(None, (published, f"[{_cited(reference)}]" if reference.accessed_on else "")))
    return [Segment(f" {when}.")] if when else []


def _open_title(reference: Citable) -> list[Segment]:
    """The title without its closing stop."""
    title = _title(reference)
    if title and title[-1].text.endswith("."):
        title[-1] = Segment(title[-1].text[:-1], title[-1].tag)
    return [segment for segment in title if segment.text]


def _closed(title: Sequence[Segment], when: str) -> list[Segment]:
    """The end of a title that a day may follow; a question or exclamation mark gets no stop."""
    if when:
        return [Segment(f"; {when}." if title else f"{when}.")]
    return [Segment(".")] if title and title[-1].text[-1:] not in "?!" else []


def _address(reference: Citable) -> str:
    address = _clean(reference.url)
    return address if address.startswith(("https://", "http://")) else ""


def _available(address: str) -> list[Segment]:
    return [Segment(f" Available from: {address}")] if address else []
