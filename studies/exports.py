"""References as RIS, BibTeX and CSL-JSON, so that our own import reads back what was written (EVD-66, pure)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from .matching.folding import squash
from .sources import latex
from .sources.base import Author, StudyRecord
from .sources.words import plain

FORMATS = {
    "ris": "application/x-research-info-systems",
    "bibtex": "application/x-bibtex",
    "csl": "application/vnd.citationstyles.csl+json",
}
STANDINGS = {
    "retracted": "This paper was retracted.",
    "partly_retracted": "Part of this paper was retracted.",
    "concern": "The journal published an expression of concern about this paper.",
    "corrected": "This paper was corrected.",
    "new_version": "A newer version of this paper was published.",
    "retraction_notice": "This is a retraction notice.",
}


def export(records: Iterable[StudyRecord], format: str) -> str:
    """Every record in one file; a format that is not known is an error of the caller."""
    return {"ris": ris, "bibtex": bibtex, "csl": csl}[format](records)


def ris(records: Iterable[StudyRecord]) -> str:
    """RIS with one value a line: newlines cannot start a tag."""
    return "\n".join("\n".join(_ris_lines(record)) + "\n" for record in records)


_RIS_TYPES = {
    "journal": "JOUR", "preprint": "UNPB", "news": "NEWS", "web": "ELEC", "book": "BOOK", "conference": "CONF",
    "report": "RPRT", "dataset": "DATA", "standard": "STAND",
}  # fmt: skip


def _ris_lines(record: StudyRecord) -> Iterator[str]:
    def line(tag: str, value: object) -> Iterator[str]:
        if text := plain(str(value or "")):
            yield f"{tag}  - {text}"

    yield f"TY  - {_RIS_TYPES.get(record.type, 'JOUR')}"
    for author in record.authors:
        yield from line("AU", _comma_name(author))
    for editor in record.editors:
        yield from line("A2", _comma_name(editor))
    yield from line("TI", record.title)
    yield from line("T2", record.journal)
    for abbreviation in record.journal_abbr:
        yield from line("J2", abbreviation)
    yield from line("PY", _ris_date(record))
    yield from line("VL", record.volume)
    yield from line("IS", record.issue)
    start, _, end = record.pages.partition("-")
    if re.fullmatch(r"[\w.]+-[\w.]+", record.pages) and start != end:
        yield from line("SP", start)
        yield from line("EP", end)
    else:
        yield from line("SP", record.pages)
    yield from line("C7", record.article_number)
    yield from line("DO", record.doi)
    yield from line("U1", f"{record.pmid}[pmid]" if record.pmid else "")
    yield from line("U2", f"{record.pmcid}[pmcid]" if record.pmcid else "")
    for number in record.nct:
        yield from line("N1", f"Trial: {number}")
    yield from line("N1", STANDINGS.get(record.integrity, ""))
    yield from line("PB", record.publisher)
    yield from line("UR", record.url)
    yield "ER  - "


def _ris_date(record: StudyRecord) -> str:
    date = record.date
    if not date.year:
        return ", ".join(map(str, record.years))
    if len(record.years) > 1:
        return ", ".join(map(str, record.years))
    return (
        "/".join(f"{part:02}" if part else "" for part in (date.year, date.month, date.day))
        if date.month
        else str(date.year)
    )


def _comma_name(author: Author) -> str:
    return (
        f"{author.literal},"
        if author.literal
        else ", ".join(filter(None, (author.family, author.given, author.suffix)))
    )


_BIBTEX_TYPES = {
    "journal": "article", "preprint": "unpublished", "book": "book", "conference": "inproceedings",
    "report": "techreport", "web": "online",
}  # fmt: skip


def bibtex(records: Iterable[StudyRecord]) -> str:
    """BibTeX with every value braced and its special letters escaped; keys are unique."""
    keys: dict[str, int] = {}
    return "\n".join(_bibtex_entry(record, _key(record, keys)) for record in records)


def _key(record: StudyRecord, keys: dict[str, int]) -> str:
    """``baloh2022``, then ``baloh2022a``."""
    name = record.authors[0].name if record.authors else record.title.partition(" ")[0]
    base = re.sub(r"[^a-z0-9]", "", squash(name))[:30] + str(record.year or "") or "reference"
    count = keys[base] = keys.get(base, -1) + 1
    suffix = ""
    while count:
        count, letter = divmod(count - 1, 26)
        suffix = chr(97 + letter) + suffix
    key = f"{base}{suffix}"
    if suffix and key in keys:
        return _key(record, keys)
    keys.setdefault(key, 0)
    return key


def _bibtex_entry(record: StudyRecord, key: str) -> str:
    fields: list[tuple[str, str]] = [
        ("title", latex.encode(plain(record.title))),
        ("author", " and ".join(map(_bibtex_name, record.authors))),
        ("editor", " and ".join(map(_bibtex_name, record.editors))),
        ("booktitle" if record.type == "conference" else "journal", latex.encode(plain(record.journal))),
        ("shortjournal", latex.encode(plain(record.journal_abbr[0] if record.journal_abbr else ""))),
        *_bibtex_date(record),
        ("volume", latex.encode(plain(record.volume))),
        ("number", latex.encode(plain(record.issue))),
        ("pages", latex.encode(plain(record.pages)).replace("-", "--")),
        ("eid", latex.encode(plain(record.article_number))),
        ("doi", latex.encode(record.doi or "")),
        ("pmid", record.pmid or ""),
        ("pmcid", record.pmcid or ""),
        ("publisher", latex.encode(plain(record.publisher))),
        ("url", latex.encode(plain(record.url))),
        ("note", latex.encode(" ".join([*record.nct, STANDINGS.get(record.integrity, "")]).strip())),
    ]
    lines = [f"  {name} = {{{value}}}," for name, value in fields if value]
    return "\n".join([f"@{_BIBTEX_TYPES.get(record.type, 'misc')}{{{key},", *lines, "}", ""])


def _bibtex_date(record: StudyRecord) -> Iterator[tuple[str, str]]:
    if len(record.years) > 1:
        yield "date", "/".join(map(str, record.years))
        return
    yield "year", str(record.date.year or (record.years[0] if record.years else ""))
    yield "month", str(record.date.month or "")
    yield "day", str(record.date.day or "")


def _bibtex_name(author: Author) -> str:
    if author.literal:
        return "{" + latex.encode(plain(author.literal)) + "}"
    parts = (author.family, author.suffix, author.given) if author.suffix else (author.family, author.given)
    names = ", ".join(latex.encode(plain(part)) for part in parts)
    return names if author.given or author.suffix else f"{names.strip(' ,')},"


_CSL_TYPES = {
    "journal": "article-journal", "preprint": "article", "news": "article-newspaper", "web": "webpage", "book": "book",
    "conference": "paper-conference", "report": "report", "dataset": "dataset", "registration": "webpage",
}  # fmt: skip


def csl(records: Iterable[StudyRecord]) -> str:
    """CSL-JSON with identifiers in the fields and in the note, where Zotero keeps them."""
    return json.dumps([_csl_item(record) for record in records], ensure_ascii=False, indent=1) + "\n"


def _csl_item(record: StudyRecord) -> dict[str, Any]:
    note = [
        f"PMID: {record.pmid}" if record.pmid else "",
        f"PMCID: {record.pmcid}" if record.pmcid else "",
        *record.nct,
    ]
    item: dict[str, Any] = {
        "id": record.id or squash(record.title)[:40] or "reference",
        "type": _CSL_TYPES.get(record.type, "article-journal"),
        "title": record.title_html or record.title,
        "author": [_csl_name(author) for author in record.authors],
        "editor": [_csl_name(editor) for editor in record.editors],
        "container-title": record.journal,
        "container-title-short": record.journal_abbr[0] if record.journal_abbr else "",
        "issued": _csl_date(record),
        "volume": record.volume,
        "issue": record.issue,
        "page": record.pages,
        "number": record.article_number,
        "DOI": record.doi,
        "PMID": record.pmid,
        "PMCID": record.pmcid,
        "ISSN": ", ".join(record.issn),
        "publisher": record.publisher,
        "URL": record.url,
        "note": "\n".join(filter(None, [*note, STANDINGS.get(record.integrity, "")])),
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(author: Author) -> dict[str, str]:
    if author.literal:
        return {"literal": author.literal}
    parts = (("family", author.family), ("given", author.given), ("suffix", author.suffix))
    return {name: value for name, value in parts if value}


def _csl_date(record: StudyRecord) -> dict[str, Any]:
    date = record.date
    if len(record.years) > 1 or not date.year:
        return {"raw": ", ".join(map(str, record.years))} if record.years else {}
    parts = [date.year, *([date.month] if date.month else []), *([date.day] if date.month and date.day else [])]
    return {"date-parts": [parts]}
