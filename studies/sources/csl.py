"""CSL-JSON, as Zotero and others export it (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from studies.identifiers import find, normalise

from . import words
from .base import Author, PartialDate, StudyRecord

TYPES = {
    "article-journal": "journal", "article": "preprint", "article-magazine": "news", "article-newspaper": "news",
    "post-weblog": "web", "webpage": "web", "book": "book", "chapter": "book", "paper-conference": "conference",
    "report": "report", "dataset": "dataset", "software": "software", "thesis": "thesis", "post": "web",
}  # fmt: skip
_MAPPED = {
    "id", "type", "title", "title-short", "author", "editor", "container-title", "container-title-short",
    "journalAbbreviation", "issued", "volume", "issue", "page", "number", "DOI", "PMID", "PMCID", "URL", "ISSN", "note",
    "abstract", "publisher", "language",
}  # fmt: skip


def is_item(plain: object) -> bool:
    return (
        isinstance(plain, Mapping)
        and "type" in plain
        and ("title" in plain or "DOI" in plain)
        and "protocolSection" not in plain
    )


def record(item: Mapping[str, Any]) -> StudyRecord:
    """The record of one item."""
    note = _text(item, "note")
    found = {one.kind: one.value for one in reversed(find(f"{note} {_text(item, 'URL')}"))}
    doi = normalise("doi", _text(item, "DOI")) or found.get("doi")
    pmid = normalise("pmid", _text(item, "PMID")) or found.get("pmid")
    pmcid = normalise("pmcid", _text(item, "PMCID")) or found.get("pmcid")
    title, is_translated = words.translated(words.without_tags(_text(item, "title")))
    short = (words.without_tags(_text(item, name)) for name in ("container-title-short", "journalAbbreviation"))
    date = _date(item.get("issued"))
    authors = tuple(_people(item.get("author")))
    kind = TYPES.get(_text(item, "type"), "journal")
    return StudyRecord(
        id=f"doi:{doi}" if doi else f"pmid:{pmid}" if pmid else "",
        source="file",
        type=kind,
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        title=title,
        title_html=words.without_stop(words.title_markup(_text(item, "title"))) if title else "",
        alt_titles=(words.bare_translation(title),) if is_translated else (),
        translated=is_translated,
        authors=authors,
        editors=tuple(_people(item.get("editor"))),
        journal=words.without_tags(_text(item, "container-title")),
        journal_abbr=tuple(dict.fromkeys(filter(None, short))),
        issn=tuple(re.findall(r"\d{4}-\d{3}[\dXx]", _text(item, "ISSN"))),
        years=words.all_years(date),
        date=date,
        volume=words.plain(_text(item, "volume")),
        issue=words.plain(_text(item, "issue")),
        pages=words.pages(_text(item, "page")) or words.plain(_text(item, "number")),
        article_number=words.plain(_text(item, "number")),
        languages=tuple(filter(None, (_text(item, "language"),))),
        abstract=tuple(("", one) for one in (words.without_tags(_text(item, "abstract")),) if one),
        nct=tuple(dict.fromkeys(one.value for one in find(note) if one.registry == "ClinicalTrials.gov")),
        publisher=words.plain(_text(item, "publisher")),
        url=_text(item, "URL") if _text(item, "URL").startswith(("https://", "http://")) else "",
        problems=tuple(words.mojibake_notes(authors[:200])),
        unmapped={
            str(name): (str(value),)
            for name, value in item.items()
            if name not in _MAPPED and isinstance(value, str | int)
        },
    )


def _date(given: object) -> PartialDate:
    if not isinstance(given, Mapping):
        return PartialDate()
    parts = given.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    year, month, day = (*first, None, None, None)[:3]
    date = words.date_from(year, month, day)
    return date if date.year else words.date_in(_text(given, "raw") or _text(given, "literal"))


def _people(given: object) -> Iterator[Author]:
    for one in given if isinstance(given, list) else ():
        if not isinstance(one, Mapping):
            continue
        literal, family, first = (words.plain(_text(one, name)) for name in ("literal", "family", "given"))
        particle = words.plain(
            " ".join(filter(None, (_text(one, "dropping-particle"), _text(one, "non-dropping-particle"))))
        )
        if literal and not family:
            yield Author(literal=literal)
        elif family or first:
            family = " ".join(filter(None, (particle, family)))
            yield Author(
                family=family or first, given=first if family else "", suffix=words.plain(_text(one, "suffix"))
            )


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""
