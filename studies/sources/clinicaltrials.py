"""ClinicalTrials.gov v2: registrations by number, and searches page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from studies.identifiers import normalise, registry_of

from .base import RecordNotFound, SourceError, StudyRecord
from .ctgov_json import is_study, record
from .http import Client, segment

INTERVAL = 1.0
MAX_PAGES = 50


class ClinicalTrials:
    name = "ClinicalTrials.gov"

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch(self, number: str) -> StudyRecord:
        """The registration of an NCT number; other registries are not asked here."""
        stored = normalise("trial", number)
        if not stored or registry_of(stored) != self.name:
            raise RecordNotFound("This is no number of ClinicalTrials.gov.")
        plain = self._client.get(f"/studies/{segment(stored)}", {"format": "json"}, interval=INTERVAL).json()
        if not is_study(plain):
            raise SourceError("bad answer", "ClinicalTrials.gov answered without a study.")
        found = record(plain)
        if found.nct != (stored,):
            raise SourceError("bad answer", "ClinicalTrials.gov answered with another study.")
        return found

    def search(self, words: str, *, page_size: int = 100) -> Iterator[StudyRecord]:
        """Every study of a search, following the pages until there is no next one."""
        asked: dict[str, str | int] = {"query.term": words[:400], "pageSize": page_size, "format": "json"}
        for _ in range(MAX_PAGES):
            plain = self._client.get("/studies", asked, interval=INTERVAL).json()
            studies = plain.get("studies") if isinstance(plain, Mapping) else None
            if not isinstance(studies, list):
                raise SourceError("bad answer", "ClinicalTrials.gov answered without a list.")
            yield from (record(study) for study in studies if is_study(study))
            token = plain.get("nextPageToken")
            if not token:
                return
            asked["pageToken"] = str(token)
