"""Looking for words in whatever a site keeps: every file, every column, and what lies packed or coded in them."""

from __future__ import annotations

import base64
import binascii
import gzip
import pickle
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import brotli

Rows = dict[str, list[dict[str, object]]]

SNAPSHOT = """
import pickle
from django.db import connection
kept, keys = {}, {}
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        names = [column[0] for column in cursor.description]
        kept[table] = [
            {name: bytes(value) if isinstance(value, memoryview) else value
             for name, value in zip(names, row)} for row in cursor.fetchall()
        ]
        relations = connection.introspection.get_relations(cursor, table)
        keys[table] = sorted({target[1] for target in relations.values()})
with open(given["to"], "wb") as file:
    pickle.dump((kept, keys), file)
answer = len(kept)
"""
"""Every row of every table, and which tables each points at; written outside the site."""

_CODED = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_DEPTH = 3
_LARGE = 4_000_000


def snapshot(path: Path) -> tuple[Rows, dict[str, list[str]]]:
    kept: tuple[Rows, dict[str, list[str]]] = pickle.loads(path.read_bytes())  # noqa: S301
    return kept


def readings(raw: bytes, depth: int = _DEPTH) -> Iterator[bytes]:
    """``raw``, and what comes out of it by unpacking and decoding, again and again."""
    yield raw
    if depth == 0:
        return
    for unpacked in _unpacked(raw):
        yield from readings(unpacked, depth - 1)
    for coded in set(_CODED.findall(raw)):
        for decoded in _decoded(coded):
            yield from readings(decoded, depth - 1)


def _unpacked(raw: bytes) -> Iterator[bytes]:
    for unpack in (gzip.decompress, zlib.decompress, brotli.decompress):
        try:
            yield unpack(raw)
        except (OSError, EOFError, zlib.error, brotli.error):
            continue


def _decoded(coded: bytes) -> Iterator[bytes]:
    whole = coded.rstrip(b"=")
    whole += b"=" * (-len(whole) % 4)
    for decode in (base64.b64decode, base64.urlsafe_b64decode):
        try:
            yield decode(whole)
        except (binascii.Error, ValueError):
            continue


def added(before: Rows, after: Rows) -> Rows:
    """The rows of ``after`` that ``before`` has not."""
    known = {table: {repr(row) for row in rows} for table, rows in before.items()}
    return {table: [row for row in rows if repr(row) not in known.get(table, ())] for table, rows in after.items()}


def raw_of(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


def traces_in(raw: bytes, traces: Iterable[str]) -> set[str]:
    wanted = {trace: trace.encode() for trace in traces}
    found = set()
    for reading in readings(raw):
        lowered = reading.lower()
        found |= {trace for trace, looked_for in wanted.items() if looked_for in lowered}
    return found


def in_files(folder: Path, traces: Iterable[str], *, deep: bool = True) -> list[tuple[str, str]]:
    """In any file, however it is named; small ones are unpacked and decoded too, of others the bytes count."""
    found: list[tuple[str, str]] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if deep and len(content) < _LARGE:
            seen = traces_in(content, traces)
        else:
            lowered = content.lower()
            seen = {trace for trace in traces if trace.encode() in lowered}
        found += [(str(path.relative_to(folder)), trace) for trace in sorted(seen)]
    return found


def in_rows(rows: Rows, traces: Iterable[str]) -> list[tuple[str, str, str]]:
    """In any column of any table."""
    return [
        (table, name, trace)
        for table, kept in rows.items()
        for row in kept
        for name, value in row.items()
        if isinstance(value, str | bytes | dict | list)
        for trace in sorted(traces_in(raw_of(value), traces))
    ]
