"""DataCite DOIs as JSON: preprints, and data sets made by organisations (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from studies.identifiers import normalise

from . import words
from .base import Author, StudyRecord

_TYPES = {
    "Dataset": "dataset",
    "Preprint": "preprint",
    "JournalArticle": "journal",
    "Book": "book",
    "Software": "software",
}


def is_doi(plain: object) -> bool:
    attributes = plain.get("attributes") if isinstance(plain, Mapping) else None
    return isinstance(attributes, Mapping) and "doi" in attributes


def record(item: Mapping[str, Any]) -> StudyRecord:
    """The record of one DOI (an element of ``data``)."""
    attributes: Mapping[str, Any] = item["attributes"]
    doi = normalise("doi", str(attributes.get("doi") or ""))
    titles = [str(one["title"]) for one in _maps(attributes.get("titles")) if isinstance(one.get("title"), str)]
    markup = titles[0] if titles else ""
    kinds = attributes.get("types")
    general = str(kinds.get("resourceTypeGeneral") or "") if isinstance(kinds, Mapping) else ""
    publisher = attributes.get("publisher")
    server = str(publisher.get("name") or "") if isinstance(publisher, Mapping) else str(publisher or "")
    kind = "preprint" if server.lower() in ("arxiv", "biorxiv", "medrxiv") else _TYPES.get(general, "report")
    date = words.date_from(attributes.get("publicationYear"))
    return StudyRecord(
        id=f"doi:{doi}" if doi else "",
        source="DataCite",
        type=kind,
        doi=doi,
        title=words.without_stop(words.without_tags(markup)),
        title_html=words.without_stop(words.title_markup(markup)),
        authors=tuple(_people(attributes.get("creators"))),
        journal=server if kind == "preprint" else "",
        years=words.all_years(date),
        date=date,
        pub_types=(general,) if general else (),
        publisher=server,
        url=f"https://doi.org/{doi}" if doi else "",
    )


def _people(given: object) -> Iterator[Author]:
    for one in _maps(given):
        family, first, name = (words.plain(str(one.get(key) or "")) for key in ("familyName", "givenName", "name"))
        if family:
            yield Author(family=family, given=first)
        elif one.get("nameType") == "Personal" and (author := words.person(name)):
            yield author
        elif name:
            yield Author(literal=name)


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
