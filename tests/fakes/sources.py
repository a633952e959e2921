"""Registries with the signatures of ours that answer from records, know nothing, or cannot be reached."""

from __future__ import annotations

from collections.abc import Iterable

from studies.sources.base import RecordNotFound, SourceError, StudyRecord
from studies.sources.live import Sources


class FakeSource:
    def __init__(self, records: Iterable[StudyRecord] = (), *, down: bool = False) -> None:
        self.records, self.down = list(records), down
        self.asked: list[str] = []

    def fetch(self, identifier: str) -> StudyRecord:
        self._reach(identifier)
        for one in self.records:
            if identifier in (one.doi, one.pmid, *one.nct):
                return one
        raise RecordNotFound("It has no such record.")

    def many(self, identifiers: Iterable[str], *, integrity_only: bool = False) -> dict[str, StudyRecord]:
        wanted = list(identifiers)
        self._reach(",".join(wanted))
        return {name: one for one in self.records for name in (one.doi, one.pmid) if name in wanted}

    def search(self, text: str) -> list[StudyRecord]:
        self._reach(text)
        return self.records

    def pmid_of(self, pmcid: str) -> str:
        self._reach(pmcid)
        for one in self.records:
            if one.pmcid == pmcid and one.pmid:
                return one.pmid
        raise RecordNotFound("It has no PMID for this number.")

    def _reach(self, what: str) -> None:
        self.asked.append(what)
        if self.down:
            raise SourceError("timeout", "The source did not answer in time.")


def fake_sources(records: Iterable[StudyRecord] = (), *, down: bool = False) -> Sources:
    """All four, answering alike."""
    records = list(records)
    crossref, pubmed, pmc, trials = (FakeSource(records, down=down) for _ in range(4))
    return Sources(crossref=crossref, pubmed=pubmed, pmc=pmc, trials=trials)
