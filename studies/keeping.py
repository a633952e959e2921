"""What sources said is kept: a new row only where a record says something it did not say before (EVD-32)."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from .models import ImportBatch, Reference, SourceRecord
from .sources.base import StudyRecord, from_json
from .sources.http import Answer

PARSER_VERSION = 1
BUNDLED = "bundled facts"
"""Records that came with the example site, read on public pages and dated by that day."""
REGISTRIES = frozenset(
    {"Crossref", "PubMed", "ClinicalTrials.gov", "pubmed-xml", "nbib", "crossref", "ctgov", "datacite", "europepmc",
     "records", BUNDLED}
)  # fmt: skip
"""Who speaks for a work. What a reference manager exported is somebody's note of it, never its record."""


def keep(
    record: StudyRecord,
    *,
    source: str,
    by: Any = None,
    batch: ImportBatch | None = None,
    answer: Answer | None = None,
) -> SourceRecord:
    """The newest row that says what ``record`` says: the one there is, or one more."""
    name = external_id(record)
    digest = record.content_sha256()
    newest = SourceRecord.objects.filter(source=source, external_id=name).order_by("-pk").first()
    if newest is not None and newest.content_sha256 == digest:
        return newest
    return SourceRecord.objects.create(
        source=source,
        external_id=name,
        batch=batch,
        address=answer.address[:600] if answer else "",
        fetched_at=timezone.now(),
        fetched_by=by,
        raw=gzip.compress(answer.data, mtime=0) if answer else b"",
        raw_sha256=hashlib.sha256(answer.data).hexdigest() if answer else "",
        content=record.as_json(),
        content_sha256=digest,
        etag=answer.etag[:200] if answer else "",
        parser_version=PARSER_VERSION,
    )


def external_id(record: StudyRecord) -> str:
    """The name under which a record is found again: an identifier, else what the source calls it, else its words."""
    for kind, value in (("doi", record.doi), ("pmid", record.pmid), ("pmcid", record.pmcid)):
        if value:
            return f"{kind}:{value}"[:220]
    if record.type == "registration" and record.nct:
        return f"trial:{record.nct[0]}"
    return (record.id or f"title:{record.title}")[:220]


def names_of(reference: Reference) -> list[str]:
    """The names under which records of ``reference`` may be kept."""
    named = (
        ("doi", reference.doi), ("pmid", reference.pmid), ("pmcid", reference.pmcid), ("trial", reference.registry_id),
    )  # fmt: skip
    return [f"{kind}:{value}" for kind, value in named if value]


def kept_for(reference: Reference, *, besides: Iterable[int] = ()) -> list[SourceRecord]:
    """The newest record of each source under an identifier of ``reference``, or under the name of one ``besides``."""
    others = SourceRecord.objects.filter(pk__in=list(besides)).values_list("external_id", flat=True)
    rows = SourceRecord.objects.filter(external_id__in={*names_of(reference), *others}, source__in=REGISTRIES)
    newest = {(row.source, row.external_id): row for row in rows.defer("raw").order_by("pk")}
    return list(newest.values())


def said(row: SourceRecord) -> StudyRecord:
    """The record as it was kept."""
    return from_json(row.content)
