"""PubMed by E-utilities: records by PMID, by DOI and by the words of a printed reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from studies.identifiers import normalise

from . import esummary_json
from .base import FileRefused, RecordNotFound, SourceError, StudyRecord
from .http import Answer, Client
from .limits import Watch
from .pubmed_xml import read

PUBLIC, WITH_KEY = 1 / 3, 1 / 10
IN_ONE_CALL = 200
LONGEST_ADDRESS = 50
"""From so many identifiers on they travel in a POST."""


class PubMed:
    """``efetch``, ``esummary`` and ``esearch``; errors come inside a 200, and unknown numbers are left out."""

    name = "PubMed"

    def __init__(self, client: Client) -> None:
        self._client = client
        etiquette = client.etiquette
        self._interval = WITH_KEY if etiquette.ncbi_key else PUBLIC
        who = {"tool": "stemsite", "email": etiquette.contact, "api_key": etiquette.ncbi_key}
        self._who: dict[str, str | int] = {name: value for name, value in who.items() if value}

    def fetch(self, pmid: str) -> StudyRecord:
        stored = normalise("pmid", pmid)
        found = self.many([stored]) if stored else {}
        if not stored or stored not in found:
            raise RecordNotFound("PubMed has no such record.")
        return found[stored]

    def many(self, pmids: Iterable[str], *, integrity_only: bool = False) -> dict[str, StudyRecord]:
        """Records by PMID; those that PubMed leaves out are missing (EVD-17). Summaries tell of notices (EVD-58)."""
        wanted = list(dict.fromkeys(filter(None, (normalise("pmid", pmid) for pmid in pmids))))
        found: dict[str, StudyRecord] = {}
        for start in range(0, len(wanted), IN_ONE_CALL):
            part = wanted[start : start + IN_ONE_CALL]
            if integrity_only:
                found |= {pmid: one for pmid, one in self._summaries(part).items() if pmid in part}
                continue
            asked = {"db": "pubmed", "retmode": "xml", "id": ",".join(part)}
            found |= {
                pmid: one
                for pmid, one in self._records(self._ask("/efetch.fcgi", asked, len(part))).items()
                if pmid in part
            }
        return found

    def _summaries(self, part: list[str]) -> dict[str, StudyRecord]:
        asked = {"db": "pubmed", "retmode": "json", "id": ",".join(part)}
        plain = self._ask("/esummary.fcgi", asked, len(part)).json()
        found = esummary_json.records(plain)
        if found is None:
            raise SourceError("bad answer", "PubMed answered without summaries.")
        return found

    def by_doi(self, doi: str) -> StudyRecord:
        """The record of a DOI; the search takes a DOI apart, so the DOI that comes back is compared (section 5)."""
        stored = normalise("doi", doi)
        for found in self._search(f'"{stored}"[doi]', 5) if stored else []:
            if found.doi == stored:
                return found
        raise RecordNotFound("PubMed has no record with this DOI.")

    def search(self, text: str, *, rows: int = 5) -> list[StudyRecord]:
        """Candidates for a printed reference."""
        return self._search(text[:400], rows)

    def _search(self, term: str, rows: int) -> list[StudyRecord]:
        asked = {"db": "pubmed", "retmode": "json", "retmax": str(rows), "term": term}
        plain = self._ask("/esearch.fcgi", asked, 1).json()
        result: Mapping[str, Any] = plain.get("esearchresult", {}) if isinstance(plain, Mapping) else {}
        ids = result.get("idlist")
        if "ERROR" in result or not isinstance(ids, list):
            raise SourceError("bad answer", "PubMed's search answered with an error.")
        found = self.many(map(str, ids))
        return [found[pmid] for pmid in map(str, ids) if pmid in found]

    def _ask(self, path: str, asked: Mapping[str, str], count: int) -> Answer:
        params: dict[str, str | int] = {**asked, **self._who}
        if count > LONGEST_ADDRESS:
            return self._client.post(path, params, interval=self._interval)
        return self._client.get(path, params, interval=self._interval)

    def _records(self, answer: Answer) -> dict[str, StudyRecord]:
        if answer.data.lstrip()[:1] != b"<":
            raise SourceError("bad answer", "PubMed answered with something that is not XML.")
        try:
            rows = list(read(answer.data, Watch()))
        except FileRefused:
            raise SourceError("bad answer", "PubMed answered with damaged XML.") from None
        if not rows and b"<ERROR" in answer.data:
            raise SourceError("bad answer", "PubMed answered with an error.")
        return {row.record.pmid: row.record for row in rows if row.record and row.record.pmid}


class PmcIds:
    """PMCID to PMID; it knows only what is in PMC, and its errors come inside a 200."""

    name = "PMC"

    def __init__(self, client: Client) -> None:
        self._client = client
        contact = client.etiquette.contact
        self._who: dict[str, str | int] = {"tool": "stemsite", **({"email": contact} if contact else {})}

    def pmid_of(self, pmcid: str) -> str:
        stored = normalise("pmcid", pmcid)
        if not stored:
            raise RecordNotFound("This is no PMCID.")
        plain = self._client.get("/", {"ids": stored, "format": "json", **self._who}, interval=PUBLIC).json()
        records = plain.get("records") if isinstance(plain, Mapping) else None
        if not isinstance(records, list):
            raise SourceError("bad answer", "PMC answered without records.")
        first = next((one for one in records if isinstance(one, Mapping) and one.get("status") != "error"), {})
        if pmid := normalise("pmid", str(first.get("pmid") or "")):
            return pmid
        raise RecordNotFound("PMC has no PMID for this number.")
