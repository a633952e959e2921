"""A file of references to rows: the format is told from the content, not from the name (EVD-10, EVD-13)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import bibtex, crossref_json, csl, ctgov_json, datacite, endnote, europepmc, nbib, pubmed_xml, ris
from .base import FileRefused, Reading, Row, StudyRecord, from_json
from .limits import KEPT_ORIGINAL, MAX_BYTES, MAX_RECORDS, Watch, too_much
from .safe_xml import parse as parse_xml
from .text import decode

FORMATS = (
    "pubmed-xml", "nbib", "ris", "bibtex", "csl-json", "endnote-xml", "crossref", "ctgov", "datacite", "europepmc",
    "records",
)  # fmt: skip
MAX_JSON_DEPTH = 200


def read(data: bytes, *, format: str = "auto", watch: Watch | None = None) -> Reading:
    """Every record that begins in ``data``, read or with the reason why not; a whole file may be refused."""
    if len(data) > MAX_BYTES:
        raise FileRefused("This file is larger than 20 MB. Please divide it and import the parts.")
    if format != "auto" and format not in FORMATS:
        raise FileRefused(f"“{format[:40]}” is not a format. Known are: {', '.join(FORMATS)}.")
    watch = watch or Watch()
    text = decode(data)
    name, rows = _open(data, text, format, watch)
    found = tuple(rows)
    if not found:
        raise FileRefused("No record was found in this file.")
    return Reading(format=name, rows=found)


def _open(data: bytes, text: str, format: str, watch: Watch) -> tuple[str, Iterator[Row]]:
    start = text.lstrip("\ufeff \t\r\n")[:2000]
    if format in ("pubmed-xml", "endnote-xml") or (format == "auto" and start.startswith("<")):
        return _open_xml(data, start, watch)
    if format in _JSON or (format == "auto" and start[:1] in ("{", "[")):
        return _open_json(text, watch)
    plain: dict[str, tuple[Callable[[str], bool], Callable[[str, Watch], Iterator[Row]]]] = {
        "nbib": (nbib.looks_like, nbib.read),
        "ris": (ris.looks_like, ris.read),
        "bibtex": (bibtex.looks_like, bibtex.read),
    }
    if format in plain:
        return format, plain[format][1](text.lstrip("\ufeff"), watch)
    for name, (looks_like, reader) in plain.items():
        if looks_like(text):
            return name, reader(text.lstrip("\ufeff"), watch)
    if start.startswith("Record ID,Title,Subject"):
        raise FileRefused(
            "This is the list of Retraction Watch. Use check_integrity --retraction-watch, not the import."
        )
    raise FileRefused(
        "The format of this file was not recognised. PubMed XML, nbib, RIS, BibTeX, CSL-JSON, EndNote XML and saved "
        "answers of Crossref and ClinicalTrials.gov are read."
    )


def _open_xml(data: bytes, start: str, watch: Watch) -> tuple[str, Iterator[Row]]:
    if start[:300].lower().lstrip().startswith(("<!doctype html", "<html")):
        raise FileRefused("This is a web page, not a file of references.")
    root = parse_xml(data)
    if pubmed_xml.is_pubmed(root):
        return "pubmed-xml", pubmed_xml.read_root(root, watch)
    if endnote.is_endnote(root):
        return "endnote-xml", endnote.read_root(root, watch)
    if (error := root.find(".//ERROR")) is not None:
        raise FileRefused(f"PubMed answered with an error: {' '.join((error.text or '').split())[:200]}")
    raise FileRefused("This XML is neither PubMed's nor EndNote's.")


Translate = Callable[[Mapping[str, Any]], StudyRecord]
_JSON: dict[str, tuple[Callable[[object], bool], Translate]] = {
    "ctgov": (ctgov_json.is_study, ctgov_json.record),
    "datacite": (datacite.is_doi, datacite.record),
    "records": (lambda plain: isinstance(plain, Mapping) and {"id", "years", "authors"} <= set(plain), from_json),
    "crossref": (crossref_json.is_work, crossref_json.record),
    "europepmc": (lambda plain: isinstance(plain, Mapping) and "authorString" in plain, europepmc.record),
    "csl-json": (csl.is_item, csl.record),
}


def _open_json(text: str, watch: Watch) -> tuple[str, Iterator[Row]]:
    if _depth_beyond(text, MAX_JSON_DEPTH):
        raise FileRefused("This JSON is nested too deeply.")
    try:
        plain = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 0)
        raise FileRefused(f"This JSON is damaged near line {line} and cannot be read.") from None
    items = _items(plain)
    name = next((name for name, (fits, _) in _JSON.items() if any(fits(item) for item in items[:50])), "")
    if not name:
        raise FileRefused(
            "This JSON is of no kind known here: CSL-JSON, Crossref, ClinicalTrials.gov, DataCite or Europe PMC."
        )
    if len(items) > MAX_RECORDS:
        raise FileRefused(f"This file holds more than {MAX_RECORDS:,} records. Please divide it and import the parts.")
    return name, _json_rows(items, name, watch)


def _depth_beyond(text: str, limit: int) -> bool:
    """Whether brackets are nested deeper than ``limit``; those inside strings count too, generously."""
    depth = 0
    for letter in text if text.count("[") + text.count("{") > limit else "":
        if letter in "[{":
            depth += 1
            if depth > limit:
                return True
        elif letter in "]}":
            depth -= 1
    return False


def _items(plain: object) -> list[Any]:
    """The records inside the wrappers that services and programs put around them."""
    if isinstance(plain, list):
        return plain
    if not isinstance(plain, Mapping):
        return [plain]
    message = plain.get("message")
    if isinstance(message, Mapping):
        return message["items"] if isinstance(message.get("items"), list) else [message]
    if europepmc.is_answer(plain):
        results: list[Any] = plain["resultList"]["result"]
        return results
    for key in ("studies", "items", "records", "data"):
        if isinstance(plain.get(key), list):
            listed: list[Any] = plain[key]
            return listed
    return [plain["data"]] if isinstance(plain.get("data"), Mapping) else [plain]


def _json_rows(items: list[Any], name: str, watch: Watch) -> Iterator[Row]:
    fits, translate = _JSON[name]
    for number, item in enumerate(items, 1):
        watch.record()
        original = (
            "" if isinstance(item, Mapping) and fits(item) else json.dumps(item, ensure_ascii=False)[:KEPT_ORIGINAL]
        )
        if original:
            yield Row(number=number, problem=f"This is no {name} record.", original=original)
            continue
        try:
            record = translate(item)
        except (TypeError, AttributeError, ValueError, KeyError):
            original = json.dumps(item, ensure_ascii=False)[:KEPT_ORIGINAL]
            yield Row(number=number, problem="A field of this record has an unexpected shape.", original=original)
            continue
        problem = too_much(record)
        yield Row(number=number, record=None if problem else record, problem=problem)
