"""What one record would become, told before anything is written (EVD-12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from studies.models import ImportRow, Reference
from studies.sources.base import StudyRecord

from .known import Library
from .values import Differences, Values, compared, values_of

State = ImportRow.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A state, the source it is about, and field by field what would be written and what differs."""

    state: str
    reference: Reference | None = None
    others: tuple[int, ...] = ()
    fills: Values = field(default_factory=dict)
    differs: Differences = field(default_factory=dict)
    problem: str = ""


def plan(record: StudyRecord, library: Library, known: dict[int, Reference]) -> Plan:
    """The plan for ``record``; ``known`` holds the references that the library leads to."""
    match = library.find(record)
    if match.certainty == "unknown":
        return Plan(state=State.NEW, fills=values_of(record))
    if match.certainty in ("conflict", "probable"):
        words = "; ".join(str(known[pk]) for pk in match.references if pk in known)
        why = "Its identifiers lead to different sources: " if match.certainty == "conflict" else "Probably the same: "
        state = State.CONFLICT if match.certainty == "conflict" else State.PROBABLE
        return Plan(state=state, others=match.references, problem=f"{why}{words}.")
    return against(record, known[match.references[0]])


def against(record: StudyRecord, reference: Reference) -> Plan:
    """What ``record`` would add to ``reference``, and where the two differ."""
    fills, differs = compared(fields_of(reference), record)
    taken = _taken(reference, fills)
    for name in taken:  # The identifier of another source is never given to this one.
        differs[name] = ("", fills.pop(name))
    state = State.DIFFERS if differs else State.FILLS if fills else State.UNCHANGED
    problem = f"Another source has this {', '.join(taken)}." if taken else ""
    return Plan(state=state, reference=reference, fills=fills, differs=differs, problem=problem)


def _taken(reference: Reference, fills: Values) -> list[str]:
    names = [name for name in ("doi", "pmid", "pmcid", "registry_id") if name in fills]
    others = Reference.objects.citable().exclude(pk=reference.pk)
    return [name for name in names if others.filter(**{name: fills[name]}).exists()]


def fields_of(reference: Reference) -> dict[str, Any]:
    """A reference's values by name, as records are compared with them."""
    columns = Reference._meta.concrete_fields
    return {column.name: getattr(reference, column.attname) for column in columns if not column.is_relation}


def known_for(library: Library, records: Iterable[StudyRecord]) -> dict[int, Reference]:
    """The references that any of ``records`` leads to, in one query."""
    return Reference.objects.in_bulk({pk for record in records for pk in library.find(record).references})
