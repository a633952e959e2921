"""RIS: no type, no end, text between records, fields over lines; every piece becomes a row (pure).

The record starts are counted here and not by a library: a piece without ``TY`` must not vanish (EVD-13).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from studies.identifiers import find, normalise

from . import words
from .base import Author, Row, StudyRecord
from .limits import KEPT_ORIGINAL, Watch, too_much

_TAG = re.compile(r"^\s{0,2}([A-Z][A-Z0-9])\s{1,2}-(?:\s?(.*))$")
_NOISE = re.compile(r"^\s*(?:\d+\.|Record #\d+ of \d+|(?:Provider|Content|Database):.*|\s*)$")
_TYPES = {
    "JOUR": "journal", "JFULL": "journal", "EJOUR": "journal", "MGZN": "news", "NEWS": "news", "BOOK": "book",
    "CHAP": "book", "ECHAP": "book", "EBOOK": "book", "EDBOOK": "book", "CONF": "conference", "CPAPER": "conference",
    "ELEC": "web", "WEB": "web", "BLOG": "web", "UNPB": "preprint", "DATA": "dataset", "RPRT": "report",
    "STAND": "standard", "GEN": "journal",
}  # fmt: skip
_MAPPED = {
    "TY", "ER", "TI", "T1", "AU", "A1", "A2", "JO", "JF", "T2", "J2", "JA", "PY", "Y1", "DA", "VL", "IS", "SP", "EP",
    "DO", "L3", "M3", "AN", "C7", "UR", "N1", "AB", "N2", "SN", "U1", "U2", "PB", "LA", "L2", "C2", "OP", "JI",
}  # fmt: skip

_BEGINS = {"TY", "TI", "T1", "AU", "A1", "JF", "JO", "T2", "DO"}

_NO_PAGE = re.compile(
    r"^\W*(?:no[\s-]?(?:specified|pagination)|not? (?:specified|available)|n/?a|none)\W*$", re.IGNORECASE
)

Fields = dict[str, list[str]]
Piece = tuple[int, list[str]]


def looks_like(text: str) -> bool:
    return bool(re.search(r"^\s{0,2}(?:TY|ER|AU|T1|JF)\s{1,2}-(?:\s|$)", text, re.MULTILINE))


def read(text: str, watch: Watch) -> Iterator[Row]:
    """One row for each ``TY``, and one for each piece with tags that has none."""
    for number, (line, lines) in enumerate(_pieces(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")), 1):
        watch.record()
        original = "\n".join(lines)[:KEPT_ORIGINAL]
        fields = _fields(lines)
        if "TY" not in fields:
            problem = "This piece has no TY line, so it is not known what it is. Add “TY  - JOUR” before it."
            yield Row(number=number, line=line, problem=problem, original=original)
            continue
        record = _record(fields)
        problem = too_much(record)
        yield Row(number=number, line=line, record=None if problem else record, problem=problem, original=original)


def _pieces(lines: list[str]) -> Iterator[Piece]:
    """From one ``TY`` to its ``ER`` or the next ``TY``; what is cited outside of both is a piece of its own."""
    start, piece = 1, list[str]()
    for number, line in enumerate(lines, 1):
        match = _TAG.match(line)
        tag = match[1] if match else ""
        if tag == "TY" and _is_record(piece):
            yield start, piece
        if not piece or tag == "TY":
            start, piece = number, []
        if not piece and not match:
            continue
        piece.append(line)
        if tag == "ER":
            if _is_record(piece):
                yield start, piece
            piece = []
    if _is_record(piece):
        yield start, piece


def _is_record(lines: list[str]) -> bool:
    """Databases add tags of their own after the end; only a type, title, author, journal or DOI begins a record."""
    return any((match := _TAG.match(line)) and match[1] in _BEGINS for line in lines)


def _fields(lines: list[str]) -> Fields:
    """Tags with their values; a line without a tag belongs to the value before it."""
    fields: Fields = defaultdict(list)
    tag = ""
    for line in lines:
        if match := _TAG.match(line):
            tag = match[1]
            fields[tag].append((match[2] or "").strip())
        elif tag and line.strip() and not _NOISE.match(line):
            fields[tag][-1] = f"{fields[tag][-1]} {line.strip()}".strip()
    return fields


def _record(fields: Fields) -> StudyRecord:
    def first(*tags: str) -> str:
        return next((value for tag in tags for value in fields.get(tag, ()) if value), "")

    ids = _identifiers(fields)
    kind = _TYPES.get(first("TY").upper()[:6], "journal")
    title, is_translated = words.translated(words.without_tags(first("TI", "T1")))
    names = [*fields.get("AU", ()), *fields.get("A1", ())]
    authors = tuple(author for name in names if (author := _author(name)))
    date = words.date_in(first("PY", "Y1", "DA"))
    journal, short = (
        first("JF", "T2", "JO", "JA", "J2"),
        [*fields.get("J2", ()), *fields.get("JA", ()), *fields.get("JI", ())],
    )
    doi = ids.get("doi")
    return StudyRecord(
        id=f"doi:{doi}" if doi else f"pmid:{ids['pmid']}" if "pmid" in ids else "",
        source="file",
        type=kind,
        doi=doi,
        pmid=ids.get("pmid"),
        pmcid=ids.get("pmcid"),
        title=title,
        title_html=words.without_stop(words.title_markup(first("TI", "T1"))) if title else "",
        alt_titles=(words.bare_translation(title),) if is_translated else (),
        translated=is_translated,
        authors=authors,
        editors=tuple(author for name in fields.get("A2", ()) if (author := words.person(name))),
        journal=words.without_tags(journal),
        journal_abbr=tuple(dict.fromkeys(words.plain(one) for one in short if one and one != journal)),
        issn=tuple(match for value in fields.get("SN", ()) for match in re.findall(r"\d{4}-?\d{3}[\dXx]", value)),
        years=words.all_years(date),
        date=date,
        volume=words.plain(first("VL")),
        issue=words.plain(first("IS")),
        pages=_pages(first("SP"), first("EP")) or words.plain(first("C7")),
        article_number=words.plain(first("C7")),
        languages=tuple(filter(None, fields.get("LA", ()))),
        abstract=(("", words.plain(first("AB", "N2"))),) if first("AB", "N2") else (),
        nct=tuple(
            dict.fromkeys(one.value for one in find(first("N1", "AB", "N2")) if one.registry == "ClinicalTrials.gov")
        ),
        publisher=words.plain(first("PB")),
        url=next(
            (one for value in fields.get("UR", ()) for one in re.split(r"[;\s]+", value) if one.startswith("http")), ""
        ),
        problems=tuple(words.mojibake_notes(authors[:200])),
        unmapped={tag: tuple(values) for tag, values in fields.items() if tag not in _MAPPED and any(values)},
    )


def _author(name: str) -> Author | None:
    """A name that ends in a comma is a group, as EndNote has it."""
    bare = words.plain(name)
    if bare.endswith(",") and "," not in bare[:-1] and len(bare) > 1:
        return Author(literal=bare[:-1])
    return words.person(name)


def _pages(start: str, end: str) -> str:
    """A range as recorded; an end that is smaller than its start is kept, for it may be shortened."""
    start, end = ("" if _NO_PAGE.match(one) else words.pages(one) for one in (start, end))
    if "-" in start or not end or end == start:
        return start or end
    return f"{start}-{end}" if start else end


def _identifiers(fields: Fields) -> dict[str, str]:
    """By the places they are stated in, best first; a bare accession number counts only from PubMed."""
    found: dict[str, str] = {}
    for tag in ("DO", "L3", "M3", "U1", "U2", "AN", "N1", "C2", "UR", "L2"):
        for value in fields.get(tag, ()):
            for one in find(value):
                found.setdefault(one.kind, one.value)
    from_pubmed = any(
        "pubmed" in value.lower() or "nlm" in value.lower()
        for tag in ("DB", "DP", "UR")
        for value in fields.get(tag, ())
    )
    for value in fields.get("AN", ()):
        if from_pubmed and (pmid := normalise("pmid", value)):
            found.setdefault("pmid", pmid)
    return found
