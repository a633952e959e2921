"""From older field keys to the newest, while the site serves: in steps, resumable, and never over a newer value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from stemsite.crypto import BlindIndexField, SealedTextField, Unreadable, index_value, newest_prefix, seal, unseal

STEP = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Rows of one table that still need an older key."""

    table: str
    rows: int


_others: list[Callable[[], Iterator[Left]]] = []


def register(reseal: Callable[[], Iterator[Left]]) -> None:
    """Add what is sealed outside the database, from ``ready()``."""
    _others.append(reseal)


def sealed_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if any(isinstance(field, SealedTextField | BlindIndexField) for field in model._meta.local_concrete_fields)
    ]


def reseal_all(step: int = STEP) -> Iterator[Left]:
    """Reseal everything with the newest key, telling after each table what is left; run twice, it goes on."""
    for model in sealed_models():
        yield Left(table=model._meta.db_table, rows=_Table(model).reseal(step))
    for reseal in _others:
        yield from reseal()


def remaining() -> int:
    """Rows that still need an older key."""
    return sum(_Table(model).count() for model in sealed_models())


class _Table:
    def __init__(self, model: type[models.Model]) -> None:
        fields: Sequence[Any] = model._meta.local_concrete_fields
        self.quote = connection.ops.quote_name
        self.table = self.quote(model._meta.db_table)
        self.pk = self.quote(str(model._meta.pk.column))
        self.sealed: list[Any] = [field for field in fields if isinstance(field, SealedTextField)]
        self.indexes: list[Any] = [field for field in fields if isinstance(field, BlindIndexField)]
        self.contexts = {field.name: field.context for field in self.sealed}
        self.names = [str(field.column) for field in (*self.sealed, *self.indexes)]
        self.columns = ", ".join(self.quote(name) for name in self.names)

    @property
    def _old(self) -> tuple[str, list[Any]]:
        """The condition that a column of the row is not of the newest key."""
        prefix = newest_prefix()
        index_prefix = prefix.partition(".")[2]
        wanted = [(field.column, prefix) for field in self.sealed]
        wanted += [(field.column, index_prefix) for field in self.indexes]
        parts = [f"({self.quote(name)} <> '' AND substr({self.quote(name)}, 1, %s) <> %s)" for name, _ in wanted]
        values: list[Any] = [value for _, prefix in wanted for value in (len(prefix), prefix)]
        return f"({' OR '.join(parts)})", values

    def count(self) -> int:
        condition, values = self._old
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {self.table} WHERE {condition}", values)  # noqa: S608
            return int(cursor.fetchone()[0])

    def reseal(self, step: int) -> int:
        condition, values = self._old
        after: Any = None
        while True:
            beyond = f" AND {self.pk} > %s" if after is not None else ""
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT {self.pk}, {self.columns} FROM {self.table} WHERE {condition}{beyond} "  # noqa: S608
                    f"ORDER BY {self.pk} LIMIT {int(step)}",
                    [*values, *([after] if after is not None else [])],
                )
                rows = cursor.fetchall()
                changes = [change for row in rows if (change := self._change(row)) is not None]
                if changes:
                    cursor.executemany(self._update, changes)
            if not rows:
                return self.count()
            after = rows[-1][0]

    @property
    def _update(self) -> str:
        """One row, as long as nobody saved it meanwhile."""
        same = "{0} = %s OR ({0} IS NULL AND %s)"
        setting = ", ".join(f"{self.quote(name)} = %s" for name in self.names)
        unchanged = " AND ".join(f"({same.format(self.quote(name))})" for name in self.names)
        return f"UPDATE {self.table} SET {setting} WHERE {self.pk} = %s AND {unchanged}"  # noqa: S608

    def _change(self, row: tuple[Any, ...]) -> list[Any] | None:
        pk, *stored = row
        values = dict(zip(self.names, stored, strict=True))
        fresh = dict(values)
        opened: dict[str, str] = {}
        for field in self.sealed:
            value = values[field.column]
            opened[field.name] = text = unseal(str(value), context=self.contexts[field.name]) if value else ""
            if text and not isinstance(text, Unreadable):
                fresh[field.column] = seal(text, context=self.contexts[field.name])
        for index in self.indexes:
            source = opened.get(index.source, "")
            if values[index.column] and source and not isinstance(source, Unreadable):
                fresh[index.column] = index_value(index.kind, source)
        if fresh == values:
            return None
        kept = [part for name in self.names for part in (values[name], values[name] is None)]
        return [*(fresh[name] for name in self.names), pk, *kept]
