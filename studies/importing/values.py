"""A record as the fields of a reference, and how those fields compare with what stands there (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from studies.citations import full_pages
from studies.identifiers import registry_of
from studies.matching.folding import squash
from studies.matching.journals import same as same_journal
from studies.matching.numbers import same_first_page, same_volume
from studies.sources.base import Author, StudyRecord
from studies.sources.words import date_in, without_tags

_KINDS = {kind: kind for kind in ("journal", "preprint", "news", "web", "registration", "book", "conference")}
_OUTLET = frozenset({"news", "web", "book"})
IDENTIFIERS = ("doi", "pmid", "pmcid", "registry_id")
Values = dict[str, Any]
Differences = dict[str, tuple[Any, Any]]


def values_of(record: StudyRecord) -> Values:
    """What a reference would hold if it were made from ``record``; empty values are left out."""
    kind = _KINDS.get(record.type, "journal" if record.journal else "web")
    registration = kind == "registration"
    number = next((value for value in (*record.nct, *(id for _, id in record.trial_ids)) if value), None)
    values: Values = {
        "kind": kind,
        "title": unescape(record.title_html) if "<" in record.title_html else record.title,
        "authors": [_name(author) for author in record.authors],
        "editors": [_name(editor) for editor in record.editors],
        "journal": "" if registration or kind == "news" else record.journal,
        "journal_abbreviation": record.journal_abbr[0].replace(".", "") if record.journal_abbr else "",
        "year": record.year,
        "month": record.date.month,
        "day": record.date.day if record.date.month else None,
        "volume": record.volume,
        "issue": record.issue,
        "pages": record.pages,
        "article_number": record.article_number if record.article_number != record.pages else "",
        "doi": record.doi,
        "pmid": record.pmid,
        "pmcid": record.pmcid,
        "registry": (registry_of(number) or record.journal) if registration and number else "",
        "registry_id": number if registration else None,
        "url": record.url if _is_web(record.url) and not record.doi else "",
        "outlet": _outlet(record, kind),
        "updated_on": _iso(record) if registration else None,
    }
    return {name: value for name, value in values.items() if value not in ("", None, [])}


def _outlet(record: StudyRecord, kind: str) -> str:
    if kind == "news":
        return record.journal or record.publisher
    return record.publisher if kind in _OUTLET else ""


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= 500


def _iso(record: StudyRecord) -> str | None:
    day = date_in(record.trial.last_updated) if record.trial else None
    return f"{day.year}-{day.month:02}-{day.day:02}" if day and day.year and day.month and day.day else None


def _name(author: Author) -> list[str]:
    if author.literal:
        return [author.literal]
    parts = [author.family, author.given, author.suffix]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


def compared(ours: Mapping[str, Any], record: StudyRecord) -> tuple[Values, Differences]:
    """Empty fields that ``record`` would fill, and fields in which it says something else than we do."""
    fills: Values = {}
    differs: Differences = {}
    for name, theirs in values_of(record).items():
        had = ours.get(name)
        if had in ("", None, []):
            fills[name] = theirs
        elif not agrees(name, had, theirs, record):
            differs[name] = (had, theirs)
    if "year" in differs or "month" in differs:  # A day of another year's issue is no addition.
        for name in ("month", "day"):
            fills.pop(name, None)
    for stated, other in (("pages", "article_number"), ("article_number", "pages")):
        if ours.get(stated):  # A work has pages or an article number.
            fills.pop(other, None)
    return fills, differs


def agrees(name: str, ours: Any, theirs: Any, record: StudyRecord) -> bool:
    """Whether two values of a field say the same, however each is written."""
    match name:
        case "title":
            known = (record.title, *record.alt_titles)
            return squash(without_tags(ours)) in {squash(title) for title in known}
        case "authors" | "editors":
            return _surnames(ours) == _surnames(theirs)
        case "journal" | "journal_abbreviation" | "outlet":
            return same_journal(ours, (record.journal, *record.journal_abbr, theirs))
        case "year":
            return ours in (record.years or (theirs,))
        case "volume":
            return same_volume(ours, theirs)
        case "pages":
            return squash(full_pages(ours)) == squash(full_pages(theirs))
        case "article_number":
            return same_first_page(ours, theirs)
        case "url" | "updated_on" | "month" | "day" | "registry":
            return True  # Another address or a later day is no contradiction.
        case _:
            return squash(str(ours)) == squash(str(theirs))


def _surnames(names: list[list[str]]) -> list[str]:
    return [squash(name[0]) for name in names if name]


def identified(record: StudyRecord) -> Iterator[tuple[str, str]]:
    """The identifiers by which a record is the same work as a reference; a trial number only of a registration."""
    values = values_of(record)
    yield from ((name, values[name]) for name in IDENTIFIERS if values.get(name))
