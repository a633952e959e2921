"""Pages that staff hand in: stored first, then read by the worker with the engine of ``audit_page`` (EVD-87)."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stemsite.audit.recording import record as note
from studies.cases import read_index
from studies.identifiers import find
from studies.importing.reading import fetch
from studies.importing.storing import plain_name
from studies.keeping import keep
from studies.matching.index import RecordIndex
from studies.models import PageAudit
from studies.records import library_records
from studies.sources.base import FileRefused, RecordNotFound, SourceError, StudyRecord
from studies.sources.live import Sources

from .audit import Audit, audit
from .pages import Line, read_page
from .parts import PrintedReference, references

MOST_ASKED = 100


@transaction.atomic
def store_page(data: bytes, name: str, *, records: bytes = b"", by: Any) -> PageAudit:
    """Keep what was handed in; nothing of it is read yet."""
    page = PageAudit.objects.create(
        name=plain_name(name),
        data=gzip.compress(data, mtime=0),
        records=gzip.compress(records, mtime=0) if records else b"",
        sha256=hashlib.sha256(data).hexdigest(),
        handed_in_at=timezone.now(),
        handed_in_by=by,
    )
    note("page handed in for audit", by=by, obj=page, sha256=page.sha256)
    return page


def read_audit(page: PageAudit, *, sources: Callable[[], Sources]) -> None:
    """Write down what is wrong with the page, and what it was held against."""
    try:
        lines = read_page(page.page_bytes)
        given = [entry.record for entry in read_index(page.record_bytes).entries] if page.records else []
    except FileRefused as refused:
        _now(page, state=PageAudit.State.REFUSED, problem=str(refused))
        return
    asked = _Asked()
    printed = references(lines)
    if settings.EVIDENCE_NETWORK:
        asked.about(printed[:MOST_ASKED], sources(), by=page.handed_in_by)
    library = library_records()
    unasked = set() if given else {one.number for one in printed} - asked.answered
    found = _audit(lines, [*given, *asked.records, *library], unasked)
    _now(
        page,
        state=PageAudit.State.DONE,
        problem="",
        found=as_json(found),
        errors=sum(one.severity == "error" for one in found.findings),
        basis=_basis(len(library), len(given), asked),
    )


def _audit(lines: list[Line], records: list[StudyRecord], unasked: set[int]) -> Audit:
    """No record at all means that nobody could be asked; the same work is held against once."""
    once = {(one.doi or one.pmid or one.id, one.type): one for one in reversed(records)}
    return audit(lines, RecordIndex(reversed(once.values())) if records else None, unasked=unasked)


@dataclass(slots=True)
class _Asked:
    """What the registries said about the references of a page; only those words and identifiers leave the house."""

    records: list[StudyRecord] = field(default_factory=list)
    causes: dict[str, int] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)
    """Numbers of the references about which a source has answered."""

    def about(self, printed: Iterable[PrintedReference], given: Sources, *, by: Any) -> None:
        for one in printed:
            try:
                identifiers = list(find(one.text))
                found = [fetch(identifiers[0], given)] if identifiers else given.crossref.search(one.text[:1000])
            except RecordNotFound:
                self.answered.add(one.number)
                continue
            except SourceError as error:
                self.causes[str(error)] = self.causes.get(str(error), 0) + 1
                continue
            self.answered.add(one.number)
            for record in found:
                keep(record, source=record.source, by=by)
                self.records.append(record)


def _basis(library: int, given: int, asked: _Asked) -> str:
    """What a missing record means depends on where one looked: that is said beside the findings."""
    parts = [f"Held against {library} {'source' if library == 1 else 'sources'} of the library"]
    if given:
        parts.append(f"{given} records handed in with the page")
    words = f"{' and '.join(parts)}."
    if asked.answered:
        words += f" Registries answered about {len(asked.answered)} references."
    elif not settings.EVIDENCE_NETWORK:
        words += " No registry was asked: the network is switched off."
    for cause, number in asked.causes.items():
        words += f" About {number} of them nobody could be asked: {cause}"
    return words


def as_json(found: Audit) -> dict[str, Any]:
    return {
        "references": [one.as_json() for one in found.references],
        "studies": [one.as_json() for one in found.studies],
        "findings": [asdict(one) for one in found.findings],
    }


def _now(page: PageAudit, **values: Any) -> None:
    values["read_at"] = timezone.now()
    for name, value in values.items():
        setattr(page, name, value)
    PageAudit.objects.filter(pk=page.pk).update(**values)
