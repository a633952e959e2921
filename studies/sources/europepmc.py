"""Europe PMC search answers as JSON (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from studies.identifiers import normalise

from . import words
from .base import Author, StudyRecord


def is_answer(plain: object) -> bool:
    return (
        isinstance(plain, Mapping)
        and isinstance(plain.get("resultList"), Mapping)
        and isinstance(plain["resultList"].get("result"), list)
    )


def record(result: Mapping[str, Any]) -> StudyRecord:
    """The record of one result in its lite form."""

    def text(name: str) -> str:
        value = result.get(name)
        return words.plain(value) if isinstance(value, str) else ""

    pmid, doi = normalise("pmid", text("pmid")), normalise("doi", text("doi"))
    title, is_translated = words.translated(words.without_tags(text("title")))
    date = words.date_from(text("pubYear"))
    return StudyRecord(
        id=f"pmid:{pmid}" if pmid else f"doi:{doi}" if doi else "",
        source="Europe PMC",
        type="preprint" if text("source") == "PPR" else "journal",
        pmid=pmid,
        doi=doi,
        pmcid=normalise("pmcid", text("pmcid")),
        title=title,
        title_html=words.without_stop(words.title_markup(text("title"))) if title else "",
        translated=is_translated,
        authors=tuple(_people(text("authorString"))),
        journal=text("journalTitle"),
        years=words.all_years(date),
        date=date,
        volume=text("journalVolume"),
        issue=text("issue"),
        pages=words.pages(text("pageInfo")),
        pub_types=tuple(filter(None, (one.strip() for one in text("pubType").split(";")))),
    )


def _people(names: str) -> Iterator[Author]:
    for name in filter(None, (one.strip(" .") for one in names.split(","))):
        family, _, initials = name.rpartition(" ")
        yield (
            Author(literal=name)
            if words.looks_like_group(name)
            else Author(family=family or initials, given=initials if family else "")
        )
