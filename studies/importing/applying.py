"""Rows into the library, one transaction each; a value that stands there is never overwritten (EVD-15, EVD-16)."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils import timezone

from stemsite.audit.recording import record as note
from studies import checking
from studies.keeping import REGISTRIES, keep
from studies.models import ImportBatch, ImportRow, Reference
from studies.monitoring import Run, events_of
from studies.sources.base import StudyRecord, from_json

from .known import Library
from .planning import against
from .reading import replan, set_plan
from .values import Values, values_of

State, Decision, Outcome = ImportRow.State, ImportRow.Decision, ImportRow.Outcome
SELF_EVIDENT = (State.NEW, State.FILLS, State.UNCHANGED, State.DIFFERS, State.REPEATED)
"""Which rows are taken without a person's word, where everything is to be taken."""
_DATES = frozenset({"updated_on"})


def decide(batch: ImportBatch, *, states: Iterable[str] = SELF_EVIDENT) -> int:
    """Mark every undecided row of these states as to be taken."""
    rows = batch.rows.filter(state__in=list(states), decision=Decision.NONE, outcome__in=(Outcome.NONE, Outcome.UNDONE))
    return rows.update(decision=Decision.TAKE)


def apply_batch(batch: ImportBatch, *, by: Any) -> Counter[str]:
    """Apply what was decided; safe to repeat, and a row that fails leaves the others in place."""
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.APPLYING)
    library = Library.read()
    counts: Counter[str] = Counter()
    for pk in list(batch.rows.exclude(decision=Decision.NONE).order_by("number").values_list("pk", flat=True)):
        counts[_apply(pk, library, by=by)] += 1
    now = timezone.now()
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportBatch.State.APPLIED, applied_at=now, applied_by=by, undone_at=None, undone_by=None
    )
    batch.refresh_from_db()
    told = {outcome: count for outcome, count in sorted(counts.items()) if outcome}
    if any(told.get(one) for one in (Outcome.CREATED, Outcome.MERGED)):
        note("import applied", by=by, obj=batch, counts=told)
    return counts


def _apply(pk: int, library: Library, *, by: Any) -> str:
    row = ImportRow.objects.select_related("batch", "reference").get(pk=pk)
    if not row.is_open:
        return Outcome.NONE
    try:
        with transaction.atomic():
            _take(row, library, by=by)
    except (ValidationError, IntegrityError) as error:
        row = ImportRow.objects.get(pk=pk)  # Without what was rolled back.
        row.outcome, row.problem = Outcome.FAILED, _in_words(error)
    row.save()
    if row.outcome == Outcome.CREATED and row.reference:
        library.add(row.reference)
    return row.outcome


def _in_words(error: ValidationError | IntegrityError) -> str:
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        return " ".join(f"{name}: {' '.join(said)}" for name, said in error.message_dict.items())
    return (
        " ".join(error.messages) if isinstance(error, ValidationError) else "Somebody added the same source meanwhile."
    )


def _take(row: ImportRow, library: Library, *, by: Any) -> None:
    row.applied_at = timezone.now()
    if row.decision == Decision.SKIP:
        row.outcome = Outcome.SKIPPED
        return
    if row.record is None or row.state == State.INCOMPLETE:
        row.outcome = Outcome.FAILED
        return
    found = from_json(row.record)
    target = _target(row, found, library)
    if target is None and row.state in (State.CONFLICT, State.PROBABLE) and row.decision != Decision.NEW:
        row.decision, row.applied_at = Decision.NONE, None  # The library has moved on: a person decides.
        return
    kept = keep(found, source=_source(row, found), by=by, batch=row.batch)
    row.source_record = kept
    if target is None:
        row.reference = _revived(row) or _create(row, found, by=by)
        row.outcome = Outcome.CREATED
    else:
        _merge(row, target, found, by=by)
    if row.reference and kept.source in REGISTRIES:
        _follow(row.reference, found, kept.source, by=by)


def _source(row: ImportRow, found: StudyRecord) -> str:
    return (found.source or "identifiers") if row.batch.kind == ImportBatch.Kind.IDENTIFIERS else row.batch.format


def _target(row: ImportRow, found: StudyRecord, library: Library) -> Reference | None:
    """The source to merge with, as things stand now; none where one is to be made, or a person must decide."""
    if row.decision == Decision.MERGE and row.others:
        return Reference.objects.citable().filter(pk=row.others[0]).first()
    row.problem = ""
    plan = replan(row, library)
    if plan is not None and not (row.decision == Decision.NEW and plan.state == State.PROBABLE):
        set_plan(row, plan)
        return plan.reference
    return None


def _revived(row: ImportRow) -> Reference | None:
    """The source that this row made, and that was retired when the import was taken back."""
    reference = row.made
    if reference is None or not reference.is_retired:
        return None
    reference.is_retired = False
    reference.full_clean(exclude=["verdict", "standing"])
    reference.save()
    return reference


def _create(row: ImportRow, found: StudyRecord, *, by: Any) -> Reference:
    values = values_of(found)
    reference = Reference(**_stored(values), created_by=by, provenance=dict.fromkeys(values, f"import {row.batch_id}"))
    if (reference.title or "") == "":
        raise ValidationError("This record has no title.")
    reference.full_clean(exclude=["verdict", "standing"])
    reference.save(force_insert=True)
    row.made, row.filled = reference, {}
    note("reference imported", by=by, obj=reference, batch=row.batch_id, row=row.number)
    return reference


def _merge(row: ImportRow, target: Reference, found: StudyRecord, *, by: Any) -> None:
    """Fill what is empty; what differs stays as it is and waits for a person."""
    plan = against(found, target)
    row.reference, row.state = target, plan.state
    row.differs = {name: list(pair) for name, pair in plan.differs.items()}
    row.filled = dict(plan.fills)
    row.outcome = Outcome.MERGED if plan.fills else Outcome.UNCHANGED
    if plan.fills:
        for name, value in _stored(plan.fills).items():
            setattr(target, name, value)
        target.provenance |= dict.fromkeys(plan.fills, f"import {row.batch_id}")
        target.full_clean(exclude=["verdict", "standing"])
        target.save()
        note("reference filled from a record", by=by, obj=target, batch=row.batch_id, fields=sorted(plan.fills))


def _stored(values: Values) -> Values:
    """As columns hold them; an address that is none is left out here and stays with the row."""
    try:
        URLValidator(schemes=["http", "https"])(values.get("url") or "https://example.org/")
    except ValidationError:
        values = {name: value for name, value in values.items() if name != "url"}
    return {
        name: datetime.date.fromisoformat(value) if name in _DATES and isinstance(value, str) else value
        for name, value in values.items()
    }


def _follow(reference: Reference, found: StudyRecord, source: str, *, by: Any) -> None:
    """What a registry's record also tells: notices about the paper, and whether we print it as it is (EVD-44)."""
    run = Run()
    for event in events_of(found, reference.pk, found.source or source):
        run.take(event)
    checking.recheck(reference, by=by)
