"""An import taken back: what it made is retired, what it filled is emptied, unless people have built on it since."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction
from django.utils import timezone

from stemsite.audit.recording import record as note
from studies.models import ImportBatch, ImportRow, Reference

from .planning import fields_of

Outcome = ImportRow.Outcome


def undo_batch(batch: ImportBatch, *, by: Any) -> Counter[str]:
    """Take back every row that changed something; a row that cannot be taken back says why and stays."""
    counts: Counter[str] = Counter()
    rows = batch.rows.filter(outcome__in=(Outcome.CREATED, Outcome.MERGED, Outcome.UNCHANGED, Outcome.SKIPPED))
    for row in rows.select_related("reference").order_by("-number"):
        with transaction.atomic():
            row.problem = _undo(row)
            if not row.problem:
                row.outcome, row.decision = Outcome.UNDONE, ImportRow.Decision.NONE
            row.save()
        counts["kept" if row.problem else "undone"] += 1
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportBatch.State.UNDONE, undone_at=timezone.now(), undone_by=by
    )
    batch.refresh_from_db()
    note("import undone", by=by, obj=batch, counts=dict(counts))
    return counts


def _undo(row: ImportRow) -> str:
    """Why the row could not be taken back, or nothing."""
    reference = row.reference
    if reference is None or row.outcome in (Outcome.UNCHANGED, Outcome.SKIPPED):
        return ""
    if row.outcome == Outcome.CREATED:
        uses = [use for use in reference.uses() if use.mark != "notice"]
        if uses:
            return f"Kept: it is used in {', '.join(map(str, uses[:5]))}."
        Reference.objects.filter(pk=reference.pk).update(is_retired=True)
        return ""
    return _empty(row, reference)


def _empty(row: ImportRow, reference: Reference) -> str:
    """Empty the fields that still hold what the import wrote there."""
    values = fields_of(reference)
    same = [name for name, value in row.filled.items() if str(values[name]) == str(value)]
    for name in same:
        setattr(reference, name, Reference._meta.get_field(name).get_default())  # type: ignore[union-attr]
        reference.provenance.pop(name, None)
    reference.full_clean(exclude=["verdict", "standing"])
    reference.save()
    row.filled = {name: value for name, value in row.filled.items() if name not in same}
    return f"Kept, because they were changed since: {', '.join(row.filled)}." if row.filled else ""
