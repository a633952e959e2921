"""BibTeX and biblatex: blocks that failed, or repeat a key, are rows as well (pure)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    MiddlewareErrorBlock,
    ParsingFailedBlock,
    String,
)

from studies.identifiers import find, normalise

from . import latex, words
from .base import Author, FileRefused, PartialDate, Row, StudyRecord
from .limits import KEPT_ORIGINAL, MAX_RECORDS, Watch, too_much

logging.getLogger("bibtexparser.splitter").disabled = True  # it logs the file's own text, which nobody checked (EVD-94)

_ENTRY = re.compile(r"^\s*@\s*(?!comment|string|preamble)[A-Za-z]+\s*[{(]", re.IGNORECASE | re.MULTILINE)
_TYPES = {
    "book": "book", "inbook": "book", "incollection": "book", "booklet": "book", "collection": "book", "mvbook": "book",
    "inproceedings": "conference", "conference": "conference", "proceedings": "conference", "online": "web",
    "electronic": "web", "www": "web", "unpublished": "preprint", "techreport": "report", "report": "report",
    "software": "software", "softwareversion": "software", "softwaremodule": "software", "codefragment": "software",
    "dataset": "dataset", "phdthesis": "thesis", "mastersthesis": "thesis", "thesis": "thesis",
}  # fmt: skip
_MAPPED = {
    "title", "subtitle", "author", "editor", "journal", "journaltitle", "booktitle", "shortjournal",
    "journal-abbreviation", "title-abbreviation", "year", "date", "month", "day", "volume", "number", "issue",
    "pages", "doi", "article-doi", "url", "pmid", "pmcid", "pmc", "eprint", "eprinttype", "archiveprefix", "issn",
    "publisher", "abstract", "language", "langid", "crossref", "eid", "article-number", "articleno", "note",
}  # fmt: skip
_OWN = {"doi", "url", "pmid", "pmcid", "pmc", "eprint", "pages", "eid", "crossref"}
"""What one work has for itself and never inherits."""

Fields = Mapping[str, str]


def looks_like(text: str) -> bool:
    return bool(_ENTRY.search(text))


def read(text: str, watch: Watch) -> Iterator[Row]:
    """One row for each entry, in order; comments, strings and preambles are no records."""
    if len(_ENTRY.findall(text)) > MAX_RECORDS:
        raise FileRefused(f"This file holds more than {MAX_RECORDS:,} records. Please divide it and import the parts.")
    try:
        library = parse_string(text, parse_stack=[])
    except (ValueError, IndexError, KeyError, RecursionError) as error:
        raise FileRefused("This BibTeX file is damaged and cannot be read.") from error
    strings = {block.key.lower(): _unquoted(block.value, {}) for block in library.blocks if isinstance(block, String)}
    entries = {block.key: block for block in library.blocks if isinstance(block, Entry)}
    number = 0
    for block in library.blocks:
        entry, note = _entry(block)
        if entry is None and not isinstance(block, ParsingFailedBlock):
            continue
        number += 1
        watch.record()
        original = (block.raw or "")[:KEPT_ORIGINAL]
        line = (block.start_line or 0) + 1
        if entry is None:
            yield Row(
                number=number,
                line=line,
                problem="This entry never ends or is damaged; check its braces and commas.",
                original=original,
            )
            continue
        record = _record(entry.entry_type.lower(), _fields(entry, entries, strings), note)
        problem = too_much(record)
        yield Row(number=number, line=line, record=None if problem else record, problem=problem, original=original)


def _entry(block: Block) -> tuple[Entry | None, str]:
    """The entry of a block, and what was odd about it."""
    if isinstance(block, Entry):
        return block, ""
    if isinstance(block, DuplicateBlockKeyBlock) and isinstance(block.ignore_error_block, Entry):
        key = block.key[:60] if block.key else ""
        return (
            block.ignore_error_block,
            f"The key “{key}” is used twice in this file." if key else "This entry has no key.",
        )
    if isinstance(block, DuplicateFieldKeyBlock | MiddlewareErrorBlock) and isinstance(block.ignore_error_block, Entry):
        return block.ignore_error_block, "A field occurs twice in this entry; the first one counts."
    return None, ""


def _fields(entry: Entry, entries: Mapping[str, Entry], strings: Fields) -> dict[str, str]:
    """Fields by lower-case name; what is missing comes from the entry named by ``crossref``."""
    own: dict[str, str] = {}
    for field in entry.fields:
        own.setdefault(field.key.lower(), _unquoted(str(field.value), strings))
    seen = {id(entry)}
    parent = entries.get(own["crossref"]) if own.get("crossref") else None
    while parent is not None and id(parent) not in seen:
        seen.add(id(parent))
        inherited = {field.key.lower(): _unquoted(str(field.value), strings) for field in parent.fields}
        if "title" in inherited and "title" in own:
            own.setdefault("booktitle", inherited["title"])
        own = {name: value for name, value in inherited.items() if name not in _OWN} | own
        parent = entries.get(inherited["crossref"]) if inherited.get("crossref") else None
    return own


def _unquoted(raw: str, strings: Fields) -> str:
    """A value without its braces or quotes; parts joined by ``#`` are put together."""
    parts, depth, quoted, part = [], 0, False, ""
    for letter in raw.strip():
        if letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
        elif letter == '"' and depth == 0:
            quoted = not quoted
        if letter == "#" and depth == 0 and not quoted:
            parts.append(part)
            part = ""
        else:
            part += letter
    values = []
    for one in (one.strip() for one in [*parts, part]):
        enclosed = len(one) > 1 and (one[0], one[-1]) in (("{", "}"), ('"', '"'))
        values.append(one[1:-1] if enclosed else strings.get(one.lower(), one))
    return "".join(values)


def _record(entry_type: str, fields: Fields, note: str) -> StudyRecord:
    def text(*names: str) -> str:
        raw = next((fields[name] for name in names if fields.get(name, "").strip()), "")
        return words.without_tags(latex.decode(raw))

    ids = _identifiers(fields)
    markup = latex.decode(fields.get("title", ""))
    subtitle = text("subtitle")
    title, is_translated = words.translated(words.without_tags(markup))
    date = _date(fields)
    authors = tuple(_people(fields.get("author", "")))
    odd = [note] if note else []
    if re.search(r"\band\s+others\s*$", fields.get("author", "").strip(), re.IGNORECASE):
        odd.append("The list of authors is cut off (“and others”).")
    alt = [f"{title}: {subtitle}" if title and subtitle else "", words.bare_translation(title) if is_translated else ""]
    doi = ids.get("doi")
    return StudyRecord(
        id=f"doi:{doi}" if doi else f"pmid:{ids['pmid']}" if "pmid" in ids else "",
        source="file",
        type=_TYPES.get(entry_type, "journal"),
        doi=doi,
        pmid=ids.get("pmid"),
        pmcid=ids.get("pmcid"),
        title=title or subtitle,
        title_html=words.without_stop(words.title_markup(markup)),
        alt_titles=tuple(filter(None, alt)),
        translated=is_translated,
        authors=authors,
        editors=tuple(_people(fields.get("editor", ""))),
        journal=text("journal", "journaltitle", "booktitle"),
        journal_abbr=tuple(filter(None, (text("shortjournal", "journal-abbreviation", "title-abbreviation"),))),
        issn=tuple(re.findall(r"\d{4}-\d{3}[\dXx]", fields.get("issn", ""))),
        years=words.all_years(date),
        date=date,
        volume=text("volume"),
        issue=text("number", "issue"),
        pages=words.pages(text("pages")) or text("eid", "article-number", "articleno"),
        article_number=text("eid", "article-number", "articleno"),
        languages=tuple(filter(None, (text("language", "langid"),))),
        abstract=(("", text("abstract")),) if fields.get("abstract", "").strip() else (),
        publisher=text("publisher"),
        url=fields.get("url", "") if fields.get("url", "").startswith(("https://", "http://")) else "",
        problems=(*odd, *words.mojibake_notes(authors[:200])),
        unmapped={name: (value,) for name, value in fields.items() if name not in _MAPPED and value},
    )


def _date(fields: Fields) -> PartialDate:
    if biblatex := fields.get("date", ""):
        date = words.date_in(biblatex)
        if date.year:
            return date
    year = re.search(r"\d{4}", fields.get("year", ""))
    return (
        words.date_from(year[0], fields.get("month", "").strip(), fields.get("day", "").strip())
        if year
        else PartialDate()
    )


def _people(names: str) -> Iterator[Author]:
    """Names joined by ``and`` outside of braces; a name wholly in braces is a group."""
    for name in _split(names):
        if name.lower() == "others":
            continue
        inner = name[1:-1] if name.startswith("{") and name.endswith("}") else ""
        if inner and "{" not in inner and "}" not in inner:
            yield Author(literal=words.without_tags(latex.decode(inner)))
        elif author := words.person(words.without_tags(latex.decode(name))):
            yield author


def _split(names: str) -> Iterator[str]:
    depth, start = 0, 0
    for match in re.finditer(r"[{}]|\s+and\s+", names, re.IGNORECASE):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
        elif depth <= 0:
            yield from filter(None, (names[start : match.start()].strip(),))
            start = match.end()
    yield from filter(None, (names[start:].strip(),))


def _identifiers(fields: Fields) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("doi", "article-doi", "url", "eprint", "note", "location-id"):
        for one in find(fields.get(name, "")):
            found.setdefault(one.kind, one.value)
    if pmid := normalise("pmid", fields.get("pmid", "")):
        found["pmid"] = pmid
    if pmcid := normalise("pmcid", fields.get("pmcid", "") or fields.get("pmc", "")):
        found["pmcid"] = pmcid
    kind = (fields.get("eprinttype") or fields.get("archiveprefix") or "").lower()
    if kind in ("pubmed", "pmid", "medline") and (pmid := normalise("pmid", fields.get("eprint", ""))):
        found.setdefault("pmid", pmid)
    return found
