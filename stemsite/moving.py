"""Everything the site holds as one file of JSON lines and media, and back: for another machine or another database.

Sealed columns travel sealed, and open only where the same field keys are. What is made anew by itself is left out:
logins in hand, stored pages, the words of search, the beat of the worker.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import posixpath
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import ExpressionWrapper, F

from stemsite import appendonly
from stemsite.crypto import SealedTextField, Unreadable, unseal

FORMAT = 1
LEFT_OUT = frozenset(
    {
        *("sessions.Session", "serving.StoredPage", "serving.Dependency", "serving.Generation"),
        *("search.Entry", "search.Mark", "search.Word", "tasks.Heartbeat", "health.Probe"),
    }
)
FRESH = ("accounts.User", "publishing.Page", "leads.Contact", "studies.Reference")
"""Tables that are empty in a database nobody has worked in."""
BATCH = 500


class UnfitError(Exception):
    """Why a file is not brought in; nothing was changed."""


def travelling() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and model._meta.label not in LEFT_OUT]


def columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


# Out


def write(target: zipfile.ZipFile) -> dict[str, int]:
    """Write every row and every media file into ``target``; how many of each there were."""
    with _one_moment():
        counts = {model._meta.label: _write_rows(target, model) for model in travelling()}
        applied = _applied()
    media = {name: _write_media(target, name) for name in _files()}
    about = {"format": FORMAT, "migrations": applied, "rows": counts, "media": media}
    target.writestr("about.json", json.dumps(about, indent=1, sort_keys=True))
    return {"rows": sum(counts.values()), "media": len(media)}


_SNAPSHOT = {"sqlite": "BEGIN DEFERRED", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read all tables as they stand now, and keep nobody from saving meanwhile, as ``atomic`` would on SQLite."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT[connection.vendor])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def rows(model: type[models.Model]) -> Iterator[list[Any]]:
    """The rows of the one table of ``model``, as JSON values, in the order of their keys."""
    sealed = {field.name for field in columns(model) if isinstance(field, SealedTextField)}
    plain = {f"as_{name}": ExpressionWrapper(F(name), output_field=models.TextField()) for name in sealed}
    names = [f"as_{field.name}" if field.name in sealed else field.attname for field in columns(model)]
    found = models.QuerySet(model).annotate(**plain).order_by("pk").values_list(*names)
    for row in found.iterator(chunk_size=BATCH):
        yield [_plain(value) for value in row]


def _write_rows(target: zipfile.ZipFile, model: type[models.Model]) -> int:
    count = 0
    with target.open(f"rows/{model._meta.label}.jsonl", "w", force_zip64=True) as file:
        file.write(_line([field.column for field in columns(model)]))
        for row in rows(model):
            file.write(_line(row))
            count += 1
    return count


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _plain(value: Any) -> Any:
    match value:
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
    return value


def _applied() -> list[list[str]]:
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def _files(folder: str = "") -> Iterator[str]:
    if folder and not default_storage.exists(folder):
        return
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return  # Nothing was ever uploaded.
    yield from (posixpath.join(folder, name) for name in sorted(files))
    for name in sorted(folders):
        yield from _files(posixpath.join(folder, name))


def _write_media(target: zipfile.ZipFile, name: str) -> str:
    with default_storage.open(name) as source, target.open(f"media/{name}", "w", force_zip64=True) as file:
        shutil.copyfileobj(source, file)
    with default_storage.open(name) as source:
        return _digest(source)


def _digest(file: Any) -> str:
    digest = hashlib.sha256()
    for part in iter(lambda: file.read(1 << 20), b""):
        digest.update(part)
    return digest.hexdigest()


# In


def read(source: zipfile.ZipFile) -> dict[str, int]:
    """Fill a fresh database and its media from ``source``, all or nothing; raises ``UnfitError``."""
    about = _about(source)
    _require_fresh()
    media = about["media"]
    for name, digest in media.items():
        _read_media(source, name, digest)
    with transaction.atomic():
        _require_fresh()
        appendonly.lift(connection)
        _empty()
        connection.check_constraints()  # PostgreSQL alters no table that still has something to check.
        count = sum(_read_rows(source, model, about["rows"]) for model in travelling())
        connection.check_constraints()
        _count_on()
        appendonly.install(connection)
    return {"rows": count, "media": len(media)}


def _about(source: zipfile.ZipFile) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads(source.read("about.json"))
    except (KeyError, ValueError) as error:
        raise UnfitError("This is no export of a site.") from error
    if about.get("format") != FORMAT:
        raise UnfitError(f"This export has format {about.get('format')}; this release reads format {FORMAT}.")
    if about["migrations"] != _applied():
        raise UnfitError("The export comes from another release. Bring both sites to the same release, then migrate.")
    return about


def _require_fresh() -> None:
    for label in FRESH:
        if models.QuerySet(apps.get_model(label)).exists():
            raise UnfitError(
                f"This site is in use: there are rows of {label}. An export is read into a fresh one only."
            )


def _empty() -> None:
    """Remove what ``migrate`` puts into a fresh database: it comes back with the keys it had."""
    with connection.cursor() as cursor:
        for model in travelling():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608


def _read_rows(source: zipfile.ZipFile, model: type[models.Model], counts: dict[str, int]) -> int:
    label = model._meta.label
    fields = columns(model)
    count = 0
    with source.open(f"rows/{label}.jsonl") as file:
        if json.loads(file.readline()) != [field.column for field in fields]:
            raise UnfitError(f"The columns of {label} are others than here.")
        for batch in _batches(file):
            _insert(model, fields, [_stored(fields, json.loads(line)) for line in batch])
            count += len(batch)
    if count != counts.get(label):
        raise UnfitError(f"{label} has {count} rows, and should have {counts.get(label)}.")
    return count


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _stored(fields: list[models.Field[Any, Any]], values: list[Any]) -> list[Any]:
    return [_value(field, value) for field, value in zip(fields, values, strict=True)]


def _value(field: models.Field[Any, Any], value: Any) -> Any:
    """``value`` as the database driver takes it; what is sealed stays as it is, and must open here."""
    if isinstance(field, SealedTextField):
        if value and isinstance(unseal(value, context=field.context), Unreadable):
            raise UnfitError(f"{field.context} cannot be read with the field keys of this site. Give it the same keys.")
        return value
    if isinstance(field, models.BinaryField) and value is not None:
        value = base64.b64decode(value)
    elif value is not None and not isinstance(field, models.JSONField):
        value = field.to_python(value)
    return field.get_db_prep_save(value, connection)


def _insert(model: type[models.Model], fields: list[models.Field[Any, Any]], values: list[list[Any]]) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})",  # noqa: S608
            values,
        )


def _count_on() -> None:
    """New rows get keys above those that came."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), travelling()):
            cursor.execute(statement)


def _read_media(source: zipfile.ZipFile, name: str, digest: str) -> None:
    if default_storage.exists(name):
        with default_storage.open(name) as there:
            if _digest(there) == digest:
                return  # An earlier attempt brought it.
        raise UnfitError(f"The file {name} is here already, with other content.")
    with source.open(f"media/{name}") as file:
        if _digest(file) != digest:
            raise UnfitError(f"The file {name} is damaged in the export.")
    with source.open(f"media/{name}") as file:
        stored = default_storage.save(name, file)
    if stored != name:
        raise UnfitError(f"The file {name} could not be stored under its name.")
