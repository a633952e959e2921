"""A stored batch to rows: read again after a stop, it goes on where it stood (EVD-11 to EVD-13, EVD-17)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

from studies.identifiers import BoxLine, Identifier, read_box
from studies.models import ImportBatch, ImportRow
from studies.previewing import Preview, preview
from studies.sources.base import FileRefused, RecordNotFound, Row, SourceError, StudyRecord, from_json
from studies.sources.live import Sources
from studies.sources.reading import read

from .known import Library
from .planning import Plan, known_for, plan

State = ImportRow.State
AT_A_TIME = 100


def read_batch(batch: ImportBatch, *, sources: Callable[[], Sources]) -> None:
    """Read everything in ``batch`` into rows, each with what it would become; no study or reference is written."""
    if batch.state not in (ImportBatch.State.WAITING, ImportBatch.State.READING):
        return
    _now(batch, state=ImportBatch.State.READING)
    try:
        if batch.kind == ImportBatch.Kind.FILE:
            _read_file(batch)
        else:
            _read_identifiers(batch, sources())
    except FileRefused as refused:
        _now(batch, state=ImportBatch.State.REFUSED, problem=str(refused))
        return
    _now(batch, state=ImportBatch.State.READY, problem="")


def _read_file(batch: ImportBatch) -> None:
    reading = read(batch.bytes, format=batch.wanted_format)
    _now(batch, format=reading.format, found=len(reading.rows))
    done = set(batch.rows.values_list("number", flat=True))
    previews = [one for one in preview([(batch.name, reading.rows)]) if one.row.number not in done]
    library = Library.read()
    for part in batched(previews, AT_A_TIME, strict=False):
        _write(batch, part, library)


def _write(batch: ImportBatch, part: Sequence[Preview], library: Library) -> None:
    known = known_for(library, (one.row.record for one in part if one.row.record))
    rows = []
    for one in part:
        row = ImportRow(
            batch=batch, number=one.row.number, line=one.row.line, problem=one.problem, original=one.row.original
        )
        row.record = one.row.record.as_json() if one.row.record else None
        row.state = {"repeated": State.REPEATED, "incomplete": State.INCOMPLETE}.get(one.state, State.FAILED)
        if one.state == "new" and one.row.record:
            set_plan(row, plan(one.row.record, library, known))
        rows.append(row)
    ImportRow.objects.bulk_create(rows, ignore_conflicts=True)
    _now(batch, read=batch.rows.count())


def _read_identifiers(batch: ImportBatch, sources: Sources) -> None:
    wanted = list(_wanted(read_box(batch.bytes.decode())))
    _now(batch, format="identifiers", found=len(wanted))
    done = set(batch.rows.values_list("number", flat=True))
    library = Library.read()
    for number, (line, identifier) in enumerate(wanted, 1):
        if number not in done:
            row = ImportRow(batch=batch, number=number, line=number, original=line[:20_000])
            ask(row, identifier, sources, library)
            row.save()
            _now(batch, read=number)


def _wanted(lines: Iterable[BoxLine]) -> Iterator[tuple[str, Identifier | None]]:
    """One row for each line: of several identifiers on it, those of one work name it once."""
    for line in lines:
        kinds: dict[str, Identifier] = {}
        for one in line.identifiers:
            if one.kind in kinds and kinds[one.kind].value != one.value:
                yield line.text, one  # Two works on one line.
            kinds.setdefault(one.kind, one)
        best = next((kinds[kind] for kind in ("doi", "pmid", "pmcid", "trial") if kind in kinds), None)
        yield line.text, best


def ask(row: ImportRow, identifier: Identifier | None, sources: Sources, library: Library) -> None:
    """Fill ``row`` with what the source answers; "not found" only where it did answer (EVD-17)."""
    row.record, row.problem = None, ""
    if identifier is None:
        row.state, row.problem = State.FAILED, "There is no DOI, PMID, PMCID or trial number in this line."
        return
    try:
        found = fetch(identifier, sources)
    except RecordNotFound:
        row.state = State.NOT_FOUND
        row.problem = f"No record was found for {identifier.kind.upper()} {identifier.value}."
    except SourceError as error:
        row.state, row.problem = State.NOT_CHECKED, f"{identifier.kind.upper()} {identifier.value}: {error}"
    else:
        row.record = found.as_json()
        repeated = row.batch.rows.filter(record__id=found.id).exclude(pk=row.pk).order_by("number").first()
        if found.id and repeated is not None:
            row.state, row.problem = State.REPEATED, f"The same work as row {repeated.number}."
        else:
            set_plan(row, plan(found, library, known_for(library, [found])))


def fetch(identifier: Identifier, sources: Sources) -> StudyRecord:
    """The record an identifier leads to, from the source that speaks for it."""
    match identifier.kind:
        case "doi":
            return sources.crossref.fetch(identifier.value)
        case "pmid":
            return sources.pubmed.fetch(identifier.value)
        case "pmcid":
            return sources.pubmed.fetch(sources.pmc.pmid_of(identifier.value))
        case "trial":
            if identifier.registry != "ClinicalTrials.gov":
                raise SourceError("offline", f"{identifier.registry} is linked, but not looked up.")
            return sources.trials.fetch(identifier.value)


def read_again(row: ImportRow, text: str) -> None:
    """A row that could not be read, from the text a person mended (EVD-12)."""
    reading = read(text.encode(), format=row.batch.format if row.batch.kind == ImportBatch.Kind.FILE else "auto")
    records = reading.records
    if len(records) != 1:
        raise FileRefused(reading.rows[0].problem or "This text must hold exactly one record.")
    [one] = preview([(row.batch.name, (Row(number=row.number, line=row.line, record=records[0]),))])
    library = Library.read()
    row.original, row.record, row.problem = text, records[0].as_json(), one.problem
    if one.state == "new":
        set_plan(row, plan(records[0], library, known_for(library, records)))
    else:
        row.state = State.INCOMPLETE
    row.save()


def replan(row: ImportRow, library: Library) -> Plan | None:
    """The plan for a row as the library stands now; none for what was never read."""
    if row.record is None or row.state == State.INCOMPLETE:
        return None
    found = from_json(row.record)
    return plan(found, library, known_for(library, [found]))


def set_plan(row: ImportRow, found: Plan) -> None:
    row.state = found.state
    row.reference = found.reference
    row.others = list(found.others)
    row.fills = found.fills if found.state != State.NEW else {}
    row.differs = {name: list(pair) for name, pair in found.differs.items()}
    row.problem = " ".join(filter(None, (row.problem, found.problem)))


def _now(batch: ImportBatch, **values: Any) -> None:
    for name, value in values.items():
        setattr(batch, name, value)
    ImportBatch.objects.filter(pk=batch.pk).update(**values)
