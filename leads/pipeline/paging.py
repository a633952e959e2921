"""One part of a long list, newest first: the next is found from its last row, so nothing is ever counted (LEAD-131)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

PART = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    rows: list[Any]
    newer: int | None = None
    """The row after which the part of newer rows ends; none where there are none."""
    older: int | None = None


def part_of(rows: QuerySet[Any], *, moment: str, before: int | None = None, after: int | None = None) -> Part:
    """The rows older than the row ``before``, or those next newer than ``after``, or the newest."""
    newest_first = (f"-{moment}", "-pk")
    if after is not None and (edge := _edge(rows, moment, after)) is not None:
        near = list(rows.filter(_beyond(moment, edge, "gt")).order_by(moment, "pk")[: PART + 1])
        found = near[:PART][::-1]
        return Part(rows=found, newer=_pk(found, 0) if len(near) > PART else None, older=_pk(found, -1))
    edge = _edge(rows, moment, before) if before is not None else None
    beyond = rows.filter(_beyond(moment, edge, "lt")) if edge is not None else rows
    near = list(beyond.order_by(*newest_first)[: PART + 1])
    found = near[:PART]
    return Part(
        rows=found,
        newer=_pk(found, 0) if edge is not None else None,
        older=_pk(found, -1) if len(near) > PART else None,
    )


def _edge(rows: QuerySet[Any], moment: str, pk: int) -> tuple[Any, int] | None:
    at = rows.model._default_manager.filter(pk=pk).values_list(moment, flat=True).first()
    return (at, pk) if at is not None else None


def _beyond(moment: str, edge: tuple[Any, int], side: str) -> Q:
    at, pk = edge
    return Q(**{f"{moment}__{side}": at}) | Q(**{moment: at, f"pk__{side}": pk})


def _pk(rows: list[Any], place: int) -> int | None:
    return rows[place].pk if rows else None
