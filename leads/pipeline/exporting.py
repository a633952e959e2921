"""Lists of people as files: with a reason, each person on the record before their row is sent (LEAD-102)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from stemsite.access import Action, can
from stemsite.audit.recording import record, record_each
from stemsite.publishing.gate import Refused

from .sheets import Row, csv_pieces, xlsx_pieces
from .tables import Table, plain

CHUNK = 500
"""Rows that are read, recorded and sent together."""

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export(
    table: Table,
    rows: QuerySet[Any],
    *,
    form: str,
    by: Any,
    reason: str,
    number: int,
    with_bom: bool = False,
    with_stamp: bool = False,
) -> Iterator[bytes]:
    """The pieces of a file with the columns that the list shows. Who may not, or says no reason, is refused at once."""
    if not can(by, Action.EXPORT_LEADS):
        raise Refused("Your role does not export people. Ask the owner if it should.")
    if not reason.strip():
        raise Refused("Say what the file is for.")
    record("exported people", by=by, note=reason.strip(), list=table.slug, form=form, rows=number, fields=table.reveals)
    lines = _lines(table, rows, by=by, with_stamp=with_stamp)
    return csv_pieces(lines, with_bom=with_bom) if form == "csv" else xlsx_pieces(lines)


def file_name(table: Table, *, form: str, by: Any) -> str:
    """Says what, when and who, so that a file found later can be asked about."""
    return f"{table.slug}-{timezone.localtime():%Y-%m-%d-%H%M}-{slugify(str(by)) or by.pk}.{form}"


def _lines(table: Table, rows: QuerySet[Any], *, by: Any, with_stamp: bool) -> Iterator[Row]:
    if with_stamp:
        yield [f"{table.title}, exported {timezone.localtime():%Y-%m-%d %H:%M %Z} by {by}"]
    yield [column.label for column in table.columns]
    for chunk in _chunks(rows):
        record_each("exported people", [table.contact(row) for row in chunk], by=by, list=table.slug)
        for row in chunk:
            yield [plain(column.value(row)) for column in table.columns]


def _chunks(rows: QuerySet[Any]) -> Iterable[list[Any]]:
    """Newest first, each part found from the last row of the one before: no long transaction, no offset."""
    last: int | None = None
    while chunk := list((rows if last is None else rows.filter(pk__lt=last)).order_by("-pk")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk
