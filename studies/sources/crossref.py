"""Crossref: works by DOI, many at a time, and by the words of a printed reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from studies.identifiers import normalise

from .base import RecordNotFound, SourceError, StudyRecord
from .crossref_json import is_work, record
from .http import Client, segment

PUBLIC, PUBLIC_LISTS = 1 / 5, 1.0
POLITE, POLITE_LISTS = 1 / 10, 1 / 3
IN_ONE_CALL = 20
_INTEGRITY = "DOI,title,type,updated-by,update-to"


class Crossref:
    """Calls of ``/works``; a DOI registered elsewhere is not "not found"."""

    name = "Crossref"

    def __init__(self, client: Client) -> None:
        self._client = client
        contact = client.etiquette.contact
        self._one, self._list = (POLITE, POLITE_LISTS) if contact else (PUBLIC, PUBLIC_LISTS)
        self._who: dict[str, str | int] = {"mailto": contact} if contact else {}

    def fetch(self, doi: str) -> StudyRecord:
        """The record of a DOI; ``SourceError`` where another agency keeps it."""
        stored = normalise("doi", doi)
        if not stored:
            raise RecordNotFound("This is no DOI.")
        try:
            answer = self._client.get(f"/works/{segment(stored)}", self._who, interval=self._one)
        except RecordNotFound:
            self._ask_agency(stored)
            raise
        work = _message(answer.json())
        if not is_work(work):
            raise SourceError("bad answer", "Crossref answered without a work.")
        found = record(work)
        if found.doi != stored:
            raise SourceError("bad answer", "Crossref answered with another work.")
        return found

    def many(self, dois: Iterable[str], *, integrity_only: bool = False) -> dict[str, StudyRecord]:
        """Records by DOI; those that Crossref leaves out are missing (EVD-17)."""
        wanted = list(dict.fromkeys(filter(None, (normalise("doi", doi) for doi in dois))))
        plain, odd = [doi for doi in wanted if "," not in doi], [doi for doi in wanted if "," in doi]
        found: dict[str, StudyRecord] = {}
        for start in range(0, len(plain), IN_ONE_CALL):
            part = plain[start : start + IN_ONE_CALL]
            asked: dict[str, str | int] = {
                "filter": ",".join(f"doi:{doi}" for doi in part),
                "rows": IN_ONE_CALL,
                **self._who,
            }
            if integrity_only:
                asked["select"] = _INTEGRITY
            answer = self._client.get("/works", asked, interval=self._list)
            found |= {one.doi: one for one in map(record, _items(answer.json())) if one.doi in part}
        for doi in odd:  # a comma cannot stand in a filter
            try:
                found[doi] = self.fetch(doi)
            except RecordNotFound:
                continue
        return found

    def search(self, text: str, *, rows: int = 5) -> list[StudyRecord]:
        """Candidates for a printed reference; Crossref's score is not confidence and is not looked at."""
        asked: dict[str, str | int] = {"query.bibliographic": text[:1000], "rows": rows, **self._who}
        return [record(work) for work in _items(self._client.get("/works", asked, interval=self._list).json())]

    def _ask_agency(self, doi: str) -> None:
        """Raises where the DOI is registered with another agency: then it was not checked."""
        try:
            answer = self._client.get(f"/works/{segment(doi)}/agency", self._who, interval=self._one)
        except RecordNotFound:
            return
        agency = _message(answer.json()).get("agency")
        name = str(agency.get("id") or "") if isinstance(agency, Mapping) else ""
        if name and name != "crossref":
            raise SourceError("bad answer", f"This DOI is registered with {name[:40]}, not with Crossref.")


def _message(plain: object) -> Mapping[str, Any]:
    message = plain.get("message") if isinstance(plain, Mapping) else None
    if not isinstance(message, Mapping):
        raise SourceError("bad answer", "Crossref answered in an unknown shape.")
    return message


def _items(plain: object) -> list[Mapping[str, Any]]:
    items = _message(plain).get("items")
    if not isinstance(items, list):
        raise SourceError("bad answer", "Crossref answered without a list.")
    return [item for item in items if is_work(item)]
