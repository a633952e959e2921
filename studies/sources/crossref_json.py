"""Crossref works as JSON: every field may be missing, a list, a plain string or ``[[null]]`` (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from studies.identifiers import find, normalise

from . import words
from .base import Author, Notice, PartialDate, Relation, StudyRecord
from .standing import RETRACTED_TITLE, crossref_notice, read_standing

TYPES = {
    "posted-content": "preprint",
    "book": "book",
    "book-chapter": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "proceedings-article": "conference",
    "proceedings": "conference",
    "peer-review": "peer-review",
    "dataset": "dataset",
    "standard": "standard",
    "report": "report",
}
_MAPPED = {
    "DOI", "title", "subtitle", "author", "editor", "container-title", "short-container-title", "issued", "published",
    "published-print", "published-online", "posted", "volume", "issue", "page", "article-number", "type", "subtype",
    "institution", "clinical-trial-number", "relation", "updated-by", "update-to", "abstract", "ISSN", "publisher",
    "URL", "original-title", "funder", "language", "standards-body",
}  # fmt: skip
_DAILY = {"indexed", "is-referenced-by-count", "score", "reference-count", "references-count", "deposited"}
"""What changes without the paper changing; it is no content."""


def is_work(plain: object) -> bool:
    return (
        isinstance(plain, Mapping)
        and isinstance(plain.get("DOI"), str)
        and "id" not in plain
        and isinstance(plain.get("type"), str)
    )


def record(work: Mapping[str, Any]) -> StudyRecord:
    """The record of one work (the ``message``)."""
    doi = normalise("doi", _text(work.get("DOI")))
    markup, alt, title = _titles(work)
    journal = _journal(work)
    print_date, online = _date(work.get("published-print")), _date(work.get("published-online"))
    posted = _date(work.get("posted"))
    issued = _date(work.get("issued")) if _date(work.get("issued")).year else _date(work.get("published"))
    date = next((one for one in (print_date, issued, online, posted) if one.year), issued)
    notices = tuple(_notices(work, doi))
    integrity, is_notice = read_standing(notices, title=title, own_doi=doi)
    kind = TYPES.get(_text(work.get("type")), "journal")
    authors = tuple(_people(work.get("author")))
    trial_ids = tuple(dict.fromkeys(_trials(work)))
    abstract = words.without_tags(_text(work.get("abstract")))
    return StudyRecord(
        id=f"doi:{doi}" if doi else "",
        source="Crossref",
        type=kind,
        doi=doi,
        title=title,
        title_html=words.without_stop(words.title_markup(markup)),
        alt_titles=alt,
        authors=authors,
        editors=tuple(_people(work.get("editor"))),
        journal=journal,
        journal_abbr=tuple(
            dict.fromkeys(filter(None, map(words.without_tags, _texts(work.get("short-container-title")))))
        ),
        issn=tuple(_texts(work.get("ISSN"))),
        years=words.all_years(print_date, online, issued, posted),
        date=date,
        online_date=online,
        volume=words.plain(_text(work.get("volume"))),
        issue=words.plain(_text(work.get("issue"))),
        pages=words.pages(_text(work.get("page"))) or words.plain(_text(work.get("article-number"))),
        article_number=words.plain(_text(work.get("article-number"))),
        pub_types=tuple(filter(None, (_text(work.get("type")), _text(work.get("subtype"))))),
        languages=tuple(_texts(work.get("language"))),
        abstract=(("", re.sub(r"^Abstract\s*(?=[A-Z])", "", abstract)),) if abstract else (),
        nct=tuple(number for registry, number in trial_ids if registry == "ClinicalTrials.gov"),
        trial_ids=trial_ids,
        grants=tuple(_text(one.get("name")) for one in _maps(work.get("funder")) if _text(one.get("name"))),
        relations=tuple(_relations(work)),
        notices=notices,
        integrity=integrity,
        is_notice=is_notice,
        publisher=words.without_tags(_text(work.get("publisher"))),
        url=_address(work.get("URL")),
        problems=tuple(words.mojibake_notes(authors[:200])),
        unmapped={
            name: tuple(map(str, _scalars(value)))
            for name, value in work.items()
            if name not in _MAPPED | _DAILY and _scalars(value)
        },
    )


def _titles(work: Mapping[str, Any]) -> tuple[str, tuple[str, ...], str]:
    """Markup of the title, other forms of it, and the title itself."""
    markup = next((one for one in _texts(work.get("title")) if one.strip()), "")
    title, is_translated = words.translated(words.without_tags(markup))
    subtitle = words.without_stop(
        " ".join(words.without_tags(one) for one in _texts(work.get("subtitle")) if one.strip())
    )
    alt = [f"{title}: {subtitle}"] if title and subtitle else []
    if bare := RETRACTED_TITLE.sub("", title):
        alt += [bare] if bare != title else []
    alt += [words.bare_translation(title)] if is_translated else []
    alt += [words.without_stop(words.without_tags(one)) for one in _texts(work.get("original-title"))]
    return markup, tuple(dict.fromkeys(one for one in alt if one and one != title)), title


def _journal(work: Mapping[str, Any]) -> str:
    names = [words.without_tags(one) for one in _texts(work.get("container-title"))]
    servers = [words.without_tags(_text(one.get("name"))) for one in _maps(work.get("institution"))]
    return next(filter(None, [*names, *(servers if work.get("type") == "posted-content" else [])]), "")


def _date(given: object) -> PartialDate:
    parts = given.get("date-parts") if isinstance(given, Mapping) else None
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    year, month, day = (*first, None, None, None)[:3]
    return words.date_from(year, month, day)


def _people(given: object) -> Iterator[Author]:
    """Persons and groups in order; groups also hide in ``family`` alone (EVD-07)."""
    for one in _maps(given):
        family, first, name = (words.without_tags(_text(one.get(key))) for key in ("family", "given", "name"))
        if name and not family:
            yield Author(literal=name)
        elif family and not first and words.looks_like_group(family):
            yield Author(literal=family)
        elif family or first:
            yield Author(
                family=family or first, given=first if family else "", suffix=words.plain(_text(one.get("suffix")))
            )


def _trials(work: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in _maps(work.get("clinical-trial-number")):
        for found in find(_text(one.get("clinical-trial-number"))):
            if found.kind == "trial":
                yield found.registry, found.value


def _notices(work: Mapping[str, Any], own_doi: str | None) -> Iterator[Notice]:
    for key in ("updated-by", "update-to"):
        for one in _maps(work.get(key)):
            date = _date(one.get("updated"))
            yield crossref_notice(
                _text(one.get("type")),
                direction="in" if key == "updated-by" else "of",
                doi=normalise("doi", _text(one.get("DOI"))) or _text(one.get("DOI")).lower(),
                date="-".join(f"{part:02}" for part in (date.year, date.month, date.day) if part),
                source=_text(one.get("source")),
                own_doi=own_doi,
            )


def _relations(work: Mapping[str, Any]) -> Iterator[Relation]:
    given = work.get("relation")
    for kind, others in given.items() if isinstance(given, Mapping) else ():
        for one in _maps(others):
            stated = _text(one.get("id"))
            yield Relation(kind=str(kind), id_type=_text(one.get("id-type")), id=normalise("doi", stated) or stated)


def _address(given: object) -> str:
    address = _text(given)
    return address if address.startswith(("https://", "http://")) else ""


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _texts(value: object) -> list[str]:
    return (
        [_text(one) for one in value if _text(one)]
        if isinstance(value, list)
        else [_text(value)]
        if _text(value)
        else []
    )


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _scalars(value: object) -> list[Any]:
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str | int | float)]
