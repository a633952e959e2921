"""EndNote XML: text wrapped in nested ``style`` elements (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from lxml import etree

from studies.identifiers import find, normalise

from . import words
from .base import Author, PartialDate, Row, StudyRecord
from .limits import KEPT_ORIGINAL, Watch, too_much
from .safe_xml import child_text, line_of, text_of

_TYPES = {
    "Journal Article": "journal", "Electronic Article": "journal", "Book": "book", "Book Section": "book",
    "Edited Book": "book", "Electronic Book": "book", "Conference Proceedings": "conference",
    "Conference Paper": "conference", "Web Page": "web", "Newspaper Article": "news", "Magazine Article": "news",
    "Report": "report", "Thesis": "thesis", "Dataset": "dataset",
}  # fmt: skip


def is_endnote(root: etree._Element) -> bool:
    return root.tag in ("xml", "records", "XML") and root.find(".//record") is not None


def read_root(root: etree._Element, watch: Watch) -> Iterator[Row]:
    records = root.findall("record") if root.tag == "records" else root.findall("records/record")
    for number, element in enumerate(records, 1):
        watch.record()
        record = _record(element)
        problem = too_much(record)
        original = etree.tostring(element, encoding="unicode")[:KEPT_ORIGINAL]
        yield Row(
            number=number,
            line=line_of(element),
            record=None if problem else record,
            problem=problem,
            original=original,
        )


def _record(element: etree._Element) -> StudyRecord:
    kind = element.find("ref-type")
    addresses = [text_of(one) for one in element.findall("urls/related-urls/url")]
    stated = [
        child_text(element, path) for path in ("electronic-resource-num", "accession-num", "custom2", "user16", "notes")
    ]
    ids: dict[str, str] = {}
    for value in [*stated, *addresses]:
        for one in find(value):
            ids.setdefault(one.kind, one.value)
    from_pubmed = any(
        re.search(r"pubmed|nlm\.nih", value, re.IGNORECASE)
        for value in [*addresses, child_text(element, "remote-database-name")]
    )
    if from_pubmed and (pmid := normalise("pmid", child_text(element, "accession-num"))):
        ids.setdefault("pmid", pmid)
    title, is_translated = words.translated(words.plain(child_text(element, "titles/title")))
    authors = tuple(_people(element, "authors"))
    date = _date(element)
    journal = child_text(element, "titles/secondary-title") or child_text(element, "periodical/full-title")
    short = [child_text(element, path) for path in ("periodical/abbr-1", "titles/alt-title")]
    doi = ids.get("doi")
    return StudyRecord(
        id=f"doi:{doi}" if doi else f"pmid:{ids['pmid']}" if "pmid" in ids else "",
        source="file",
        type=_TYPES.get(kind.get("name") or "" if kind is not None else "", "journal"),
        doi=doi,
        pmid=ids.get("pmid"),
        pmcid=ids.get("pmcid"),
        title=title,
        title_html=escape(title, quote=False),
        alt_titles=(words.bare_translation(title),) if is_translated else (),
        translated=is_translated,
        authors=authors,
        editors=tuple(_people(element, "secondary-authors")),
        journal=journal,
        journal_abbr=tuple(dict.fromkeys(one for one in short if one and one != journal)),
        issn=tuple(re.findall(r"\d{4}-\d{3}[\dXx]", child_text(element, "isbn"))),
        years=words.all_years(date),
        date=date,
        volume=child_text(element, "volume"),
        issue=child_text(element, "number"),
        pages=words.pages(child_text(element, "pages")),
        languages=tuple(filter(None, (child_text(element, "language"),))),
        abstract=tuple(("", one) for one in (child_text(element, "abstract"),) if one),
        publisher=child_text(element, "publisher"),
        url=next((one for one in addresses if one.startswith(("https://", "http://"))), ""),
        problems=tuple(words.mojibake_notes(authors[:200])),
        unmapped={"keywords": tuple(filter(None, (text_of(one) for one in element.findall("keywords/keyword"))))},
    )


def _date(element: etree._Element) -> PartialDate:
    year = re.search(r"\d{4}", child_text(element, "dates/year"))
    day = re.match(r"([A-Za-z]{3,9})\.?(?:\s+(\d{1,2}))?$", child_text(element, "dates/pub-dates/date"))
    if not year:
        return PartialDate(raw=child_text(element, "dates/year"))
    return words.date_from(year[0], day[1] if day else None, day[2] if day else None)


def _people(element: etree._Element, group: str) -> Iterator[Author]:
    for one in element.findall(f"contributors/{group}/author"):
        if author := words.person(text_of(one)):
            yield author
