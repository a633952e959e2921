"""PubMed's short answer, enough to see what happened to a paper: types, notices, identifiers (EVD-58, pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from studies.identifiers import find, normalise

from . import words
from .base import Notice, StudyRecord
from .pubmed_xml import notice_date
from .standing import pubmed_notice, read_standing, ref_type_of


def records(plain: object) -> dict[str, StudyRecord] | None:
    """Records by PMID; none where the answer has another shape. What PubMed has no summary of is left out."""
    result = plain.get("result") if isinstance(plain, Mapping) else None
    if not isinstance(result, Mapping) or not isinstance(result.get("uids"), list):
        return None
    found = {}
    for uid in result["uids"]:
        summary = result.get(str(uid))
        pmid = normalise("pmid", str(uid))
        if pmid and isinstance(summary, Mapping) and "error" not in summary:
            found[pmid] = record(pmid, summary)
    return found


def record(pmid: str, summary: Mapping[str, Any]) -> StudyRecord:
    """What one summary says; it holds no authors and no abstract that would be compared with anything."""
    identifiers = dict(_identifiers(summary))
    title = words.without_stop(words.plain(_text(summary.get("title"))))
    pub_types = tuple(_text(one) for one in _list(summary, "pubtype") if _text(one))
    notices = tuple(_notices(summary))
    integrity, is_notice = read_standing(notices, pub_types=pub_types, title=title, own_doi=identifiers.get("doi"))
    return StudyRecord(
        id=f"pmid:{pmid}",
        source="PubMed",
        pmid=pmid,
        doi=identifiers.get("doi"),
        pmcid=identifiers.get("pmcid"),
        title=title,
        pub_types=pub_types,
        notices=notices,
        integrity=integrity,
        is_notice=is_notice,
    )


def _identifiers(summary: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kinds = {"doi": "doi", "pmc": "pmcid", "pmcid": "pmcid"}
    for one in _list(summary, "articleids"):
        kind = kinds.get(_text(one.get("idtype"))) if isinstance(one, Mapping) else None
        if kind == "doi" and (stored := normalise("doi", _text(one.get("value")))):
            yield kind, stored
        elif kind == "pmcid":
            yield from ((kind, found.value) for found in find(_text(one.get("value"))) if found.kind == "pmcid")


def _notices(summary: Mapping[str, Any]) -> Iterator[Notice]:
    for one in _list(summary, "references"):
        if not isinstance(one, Mapping):
            continue
        source = words.plain(_text(one.get("refsource")))
        named = {identifier.kind: identifier.value for identifier in find(source)}
        yield pubmed_notice(
            ref_type_of(_text(one.get("reftype"))),
            source=source,
            pmid=normalise("pmid", str(one.get("pmid") or "")) or named.get("pmid", ""),
            doi=named.get("doi", ""),
            date=notice_date(source),
            note=_text(one.get("note")),
        )


def _list(given: Mapping[str, Any], key: str) -> list[Any]:
    value = given.get(key)
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
