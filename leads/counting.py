"""Adding to counts that are kept as things happen: one statement, whatever the number of counters."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

from stemsite.crypto import index_value

from .models import KeptCount, RateCounter, WeeklyTotal

By = WeeklyTotal.By


def monday(on: datetime.date | None = None) -> datetime.date:
    day = on or timezone.localdate()
    return day - datetime.timedelta(days=day.weekday())


def count_week(form: str, values: Mapping[str, Iterable[str]], *, number: int = 1) -> None:
    """Add one request of ``form`` to this week's totals, under each of the values of each property."""
    week = monday()
    rows = [
        WeeklyTotal(week=week, form=form, by=by, value=value[:120]) for by, found in values.items() for value in found
    ]
    for row in rows:
        row.value_index = index_value("text", row.value)
    add(rows, unique=("week", "form", "by", "value_index"), also=("value",), number=number)


def keep_count(*names: str, number: int = 1) -> None:
    add([KeptCount(name=name) for name in names], unique=("name",), number=number)


def kept(*names: str) -> int:
    """The sum of these counts."""
    return sum(KeptCount.objects.filter(name__in=names).values_list("number", flat=True))


def count_windows(windows: Mapping[str, datetime.datetime]) -> dict[str, int]:
    """Add one to each window; the new numbers by key."""
    rows = [RateCounter(key=key, began_at=began) for key, began in windows.items()]
    return {found[0]: found[-1] for found in add(rows, unique=("key", "began_at"))}


def add(
    rows: Sequence[models.Model], *, unique: Sequence[str], also: Sequence[str] = (), number: int = 1
) -> list[tuple[Any, ...]]:
    """Add ``number`` to the counter of each row, which is made where there is none, and return them as they are now.

    One statement that both databases understand: rows locked in a fixed order, nothing read before it is written.
    """
    if not rows:
        return []
    meta = rows[0]._meta
    quote = connection.ops.quote_name
    table = quote(meta.db_table)
    fields = [meta.get_field(name) for name in (*unique, *also)]
    stored = {_stored(row, fields)[: len(unique)]: _stored(row, fields) for row in rows}
    values = [part for key in sorted(stored, key=str) for part in (*stored[key], number)]
    columns = ", ".join(quote(name) for name in (*unique, *also))
    keys = ", ".join(quote(name) for name in unique)
    places = ", ".join([f"({', '.join(['%s'] * (len(fields) + 1))})"] * len(stored))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}, number) VALUES {places} "  # noqa: S608
            f"ON CONFLICT ({keys}) DO UPDATE SET number = {table}.number + excluded.number RETURNING {keys}, number",
            values,
        )
        return list(cursor.fetchall())


def _stored(row: models.Model, fields: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields)
