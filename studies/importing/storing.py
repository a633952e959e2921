"""What was handed in is stored before anything is read of it; the same bytes lead to the first import (EVD-11)."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.utils import timezone

from stemsite.audit.recording import record
from studies.identifiers import read_box
from studies.models import ImportBatch
from studies.sources.limits import MAX_BYTES

MAX_IDENTIFIERS = 500
MAX_BOX = 200_000


class NotTaken(Exception):
    """What was handed in cannot be an import; the sentence says what to do."""


def store_file(data: bytes, name: str, *, by: Any, format: str = "auto") -> tuple[ImportBatch, bool]:
    """The batch of these bytes, and whether it is new."""
    if not data.strip():
        raise NotTaken("The file is empty.")
    if len(data) > MAX_BYTES:
        raise NotTaken("This file is larger than 20 MB. Please divide it and import the parts.")
    if data[:4] == b"PK\x03\x04" or data[:2] == b"\x1f\x8b":
        raise NotTaken("This file is compressed. Please unpack it first.")
    return _store(ImportBatch.Kind.FILE, data, plain_name(name), by=by, format=format)


def store_identifiers(text: str, *, by: Any) -> tuple[ImportBatch, bool]:
    """The batch of a list of identifiers, or of references that hold some."""
    if len(text) > MAX_BOX:
        raise NotTaken("This is too much text. Paste a list of references or identifiers, at most 200,000 characters.")
    lines = read_box(text.replace("\x00", " "))
    if not any(line.identifiers for line in lines):
        raise NotTaken("No DOI, PMID, PMCID or trial number was found in these lines.")
    if sum(len(line.identifiers) or 1 for line in lines) > MAX_IDENTIFIERS:
        raise NotTaken(f"These are more than {MAX_IDENTIFIERS} identifiers. Please import them in parts.")
    data = "\n".join(line.text for line in lines).encode("utf-8", "replace")
    return _store(ImportBatch.Kind.IDENTIFIERS, data, f"{len(lines)} lines typed", by=by, format="auto")


@transaction.atomic
def _store(kind: str, data: bytes, name: str, *, by: Any, format: str) -> tuple[ImportBatch, bool]:
    batch, made = ImportBatch.objects.get_or_create(
        sha256=hashlib.sha256(data).hexdigest(),
        defaults={
            "kind": kind,
            "name": name,
            "data": gzip.compress(data, mtime=0),
            "wanted_format": format,
            "uploaded_at": timezone.now(),
            "uploaded_by": by,
        },
    )
    if made:
        record("import stored", by=by, obj=batch, sha256=batch.sha256)
    return batch, made


def plain_name(name: str) -> str:
    """The last part of a file's name, without what does not print."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[:200] or "unnamed file"
