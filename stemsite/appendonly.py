"""Tables that only grow: refused in the model, and in the database by triggers.

The triggers are made anew after every migrate, never by a migration: SQLite drops them whenever
Django remakes a table. A system check compares them with the models.

A table that keeps only some of its columns (``KeepsColumns``) has one trigger: these never change.

Two things may happen to a row's sealed columns, and to nothing else of it: they move to another key, or they are
emptied because the person they name is erased (LEAD-35, LEAD-115).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from stemsite.crypto import SealedTextField


class AppendOnlyError(TypeError):
    """An attempt to change or remove what is kept for the record."""


def _refuse(model: type[models.Model]) -> NoReturn:
    raise AppendOnlyError(f"{model._meta.verbose_name_plural} are kept for the record: they cannot be changed.")


class AppendOnlyQuerySet[M: "AppendOnlyModel"](models.QuerySet[M]):
    def update(self, **values: Any) -> int:
        _refuse(self.model)

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> int:
        _refuse(self.model)

    def replace_sealed(self, **values: Any) -> int:
        """Write sealed columns again under another key, or empty; the database refuses anything else."""
        if not set(values) <= {field.name for field in sealed_fields(self.model)}:
            _refuse(self.model)
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        _refuse(self.model)

    def erase(self) -> int:
        """Remove rows of which the model says that they may go; the database refuses every other."""
        if not self.model.ERASABLE:
            _refuse(self.model)
        return int(self._raw_delete(self.db))

    def delete_samples(self) -> int:
        """Remove rows of the example site: the one removal there is."""
        samples = self.filter(is_sample=True)
        return int(samples._raw_delete(samples.db))


class AppendOnlyModel(models.Model):
    """A row that is written once. Subclasses with ``is_sample`` let ``demo --remove`` take samples away."""

    ERASABLE: ClassVar[str] = ""
    """SQL about ``OLD``: when a row may be erased; empty means never."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse(type(self))
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse(type(self))


class KeepsColumns(models.Model):
    """A row of which ``KEPT_COLUMNS`` say for ever what they said first; whether it may go is the model's own rule."""

    KEPT_COLUMNS: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True


def sealed_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, SealedTextField)]


def guarded_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, (AppendOnlyModel, KeepsColumns))]


def install(connection: BaseDatabaseWrapper) -> None:
    """(Re)create the triggers of every append-only table that exists."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in _drop_statements(connection, tables) + _create_statements(connection, tables):
            cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers, for a test database that is about to be flushed."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in _drop_statements(connection, tables):
            cursor.execute(statement)


def _names(model: type[models.Model], connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    """Names of the triggers of one table; PostgreSQL can also empty a table without deleting a row."""
    table = model._meta.db_table
    if issubclass(model, KeepsColumns):
        return (f"{table}_no_update",)
    names = f"{table}_no_update", f"{table}_no_delete"
    return (*names, f"{table}_no_truncate") if connection.vendor == "postgresql" else names


def _has_samples(model: type[models.Model]) -> bool:
    return any(field.name == "is_sample" for field in model._meta.concrete_fields)


def _drop_statements(connection: BaseDatabaseWrapper, tables: set[str]) -> list[str]:
    statements = []
    for model in guarded_models():
        if (table := model._meta.db_table) in tables:
            suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
            statements += [f"DROP TRIGGER IF EXISTS {name}{suffix}" for name in _names(model, connection)]
    return statements


def _may_go(model: type[models.Model]) -> str:
    """The condition under which a row may be removed; empty for a table of which nothing ever goes."""
    erasable = getattr(model, "ERASABLE", "")
    return " OR ".join(filter(None, ("OLD.is_sample" if _has_samples(model) else "", erasable)))


def _create_statements(connection: BaseDatabaseWrapper, tables: set[str]) -> list[str]:
    statements = [_FUNCTION] if connection.vendor == "postgresql" else []
    for model in guarded_models():
        if (table := model._meta.db_table) not in tables:
            continue
        no_update, *no_removal = _names(model, connection)
        no_delete, no_truncate = no_removal[:1], no_removal[1:]
        if connection.vendor == "postgresql":
            body = "FOR EACH ROW {}EXECUTE FUNCTION stemsite_refuse_change()"
            keeper = "stemsite_refuse_change"
            # In a function of its own: a trigger's WHEN takes no subquery.
            if no_delete and (may_go := _may_go(model)):
                keeper = f"{table}_no_delete"
                statements.append(_KEEPER.format(name=keeper, may_go=may_go))
            change = f"WHEN (NOT ({allowed})) " if (allowed := _allowed_change(model, connection)) else ""
            statements.append(f"CREATE TRIGGER {no_update} BEFORE UPDATE ON {table} {body.format(change)}")
            statements += [
                f"CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {keeper}()"
                for name in no_delete
            ]
            statements += [
                f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION stemsite_refuse_change()"
                for name in no_truncate
            ]
        else:
            when = f"WHEN NOT ({may_go}) " if (may_go := _may_go(model)) else ""
            body = "BEGIN SELECT RAISE(ABORT, 'append-only: kept for the record'); END"
            change = f"WHEN NOT ({allowed}) " if (allowed := _allowed_change(model, connection)) else ""
            statements.append(f"CREATE TRIGGER {no_update} BEFORE UPDATE ON {table} {change}{body}")
            statements += [f"CREATE TRIGGER {name} BEFORE DELETE ON {table} {when}{body}" for name in no_delete]
    return statements


def _allowed_change(model: type[models.Model], connection: BaseDatabaseWrapper) -> str:
    """The condition under which an update passes; empty for a table without sealed columns: none does."""
    same = "NEW.{0} IS NOT DISTINCT FROM OLD.{0}" if connection.vendor == "postgresql" else "NEW.{0} IS OLD.{0}"
    if issubclass(model, KeepsColumns):
        return " AND ".join(same.format(connection.ops.quote_name(name)) for name in ("id", *model.KEPT_COLUMNS))
    sealed = sealed_fields(model)
    if not sealed:
        return ""
    names = {field.column for field in sealed}
    key = (
        "split_part({0}, '.', 2)" if connection.vendor == "postgresql" else "substr({0}, 4, instr(substr({0}, 4), '.'))"
    )
    columns = [str(field.column) for field in model._meta.local_concrete_fields]
    quoted = {column: connection.ops.quote_name(column) for column in columns}
    rules = []
    for column, name in quoted.items():
        unchanged = same.format(name)
        if column in names:
            moved = f"{key.format(f'NEW.{name}')} <> {key.format(f'OLD.{name}')}"
            rules.append(f"({unchanged} OR NEW.{name} = '' OR (OLD.{name} <> '' AND {moved}))")
        else:
            rules.append(unchanged)
    return " AND ".join(rules)


_FUNCTION = """
CREATE OR REPLACE FUNCTION stemsite_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only: kept for the record' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


_KEEPER = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF {may_go} THEN RETURN OLD; END IF;
RAISE EXCEPTION 'append-only: kept for the record' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def after_migrate(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receiver of ``post_migrate``: the tables may have been remade."""
    install(connections[using])


def present(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that the database has."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


@register(Tags.database)
def check_triggers(databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Every table that is kept carries its triggers. A warning: an error would stop the very migrate that mends it."""
    problems: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        tables = set(connection.introspection.table_names())
        found = present(connection)
        problems += [
            Warning(
                f"{model._meta.label} has lost a trigger that keeps it for the record.",
                hint="Run manage.py migrate; it makes the triggers anew.",
                id="stemsite.W001",
            )
            for model in guarded_models()
            if model._meta.db_table in tables and not set(_names(model, connection)) <= found
        ]
    return problems
