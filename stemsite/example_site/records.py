"""The records behind the sample studies as bare facts, so that their references can be verified without a network.

What was read where and when stands in ``records.json``. Nobody was asked about notices: readers are told so.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path

from studies.checking import recheck
from studies.keeping import BUNDLED, PARSER_VERSION, external_id
from studies.models import Check, Reference, SourceRecord
from studies.sources.base import StudyRecord, from_json

FILE = Path(__file__).with_name("records.json")


def load_records(references: Mapping[str, int]) -> None:
    """Keep each record once, and hold the sample reference it belongs to against it."""
    bundled = json.loads(FILE.read_text())
    read_at = datetime.datetime.fromisoformat(bundled["read_on"]).replace(hour=12, tzinfo=datetime.UTC)
    for one in bundled["records"]:
        record = from_json({**one["record"], "source": BUNDLED})
        if not SourceRecord.objects.filter(source=BUNDLED, external_id=external_id(record)).exists():
            _keep(record, seen_at="; ".join(one["seen_at"]), read_at=read_at)
        reference = Reference.objects.get(pk=references[one["key"]])
        if reference.is_sample and not Check.objects.filter(reference=reference).exists():
            recheck(reference, by=None)


def _keep(record: StudyRecord, *, seen_at: str, read_at: datetime.datetime) -> None:
    SourceRecord.objects.create(
        source=BUNDLED,
        external_id=external_id(record),
        address=seen_at[:600],
        fetched_at=read_at,
        content=record.as_json(),
        content_sha256=record.content_sha256(),
        parser_version=PARSER_VERSION,
        is_sample=True,
    )
