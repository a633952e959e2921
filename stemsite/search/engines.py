"""The inverted index of each database: FTS5 of SQLite, ``tsvector`` of PostgreSQL, over terms we made ourselves.

Both hold the same two columns of terms, heads (title and names) and body, so they answer alike; the order
differs in detail, never in whether a title comes before a mention.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Protocol

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from .queries import Phrase, Wish

TABLE = "search_terms"


class Engine(Protocol):
    def create(self, using: BaseDatabaseWrapper) -> None: ...
    def put(self, rows: Sequence[tuple[int, str, str]]) -> None: ...
    def remove(self, pages: Iterable[int]) -> None: ...
    def matching(
        self, wanted: Sequence[Wish], *, kind: str, limit: int, start: int = 0, marks: Sequence[str] = ()
    ) -> list[int]: ...
    def numbers(self, wanted: Sequence[Wish], *, marks: Sequence[str] = ()) -> dict[str, int]: ...
    def each(self, wishes: Sequence[Wish], *, limit: int) -> list[list[int]]:
        """For every wish by itself the pages that meet it, the best first: one query for all."""


class SQLite:
    """FTS5 (https://www.sqlite.org/fts5.html). Terms are letters and digits alone, so none is read as an operator."""

    JOINED = f"JOIN search_entry AS entry INDEXED BY search_kind_of_page ON entry.page = {TABLE}.rowid"
    """By the index that holds the kind too: a third of the time, and not what SQLite chooses by itself."""

    def create(self, using: BaseDatabaseWrapper) -> None:
        with using.cursor() as cursor:
            cursor.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5"
                "(heads, body, tokenize='unicode61 remove_diacritics 0', prefix='3 4')"
            )

    def put(self, rows: Sequence[tuple[int, str, str]]) -> None:
        self.remove(page for page, _, _ in rows)
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {TABLE} (rowid, heads, body) VALUES (%s, %s, %s)", rows)  # noqa: S608

    def remove(self, pages: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(page,) for page in pages])  # noqa: S608

    def matching(
        self, wanted: Sequence[Wish], *, kind: str, limit: int, start: int = 0, marks: Sequence[str] = ()
    ) -> list[int]:
        match = " AND ".join(f"({self._any(wish)})" for wish in wanted)
        narrowed, values = _narrowed(kind, marks)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {TABLE}.rowid FROM {TABLE} {self.JOINED} WHERE {TABLE} MATCH %s {narrowed} "  # noqa: S608
                f"ORDER BY bm25({TABLE}, 20.0, 1.0), {TABLE}.rowid DESC "
                "LIMIT %s OFFSET %s",
                [match, *values, limit, start],
            )
            return [row[0] for row in cursor.fetchall()]

    def numbers(self, wanted: Sequence[Wish], *, marks: Sequence[str] = ()) -> dict[str, int]:
        match = " AND ".join(f"({self._any(wish)})" for wish in wanted)
        narrowed, values = _narrowed("", marks)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT entry.kind, COUNT(*) FROM {TABLE} {self.JOINED} "  # noqa: S608
                f"WHERE {TABLE} MATCH %s {narrowed} GROUP BY entry.kind",
                [match, *values],
            )
            return dict(cursor.fetchall())

    def each(self, wishes: Sequence[Wish], *, limit: int) -> list[list[int]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT json_group_array(page) FROM ("  # noqa: S608
                f"SELECT rowid AS page FROM {TABLE} WHERE {TABLE} MATCH wanted.value "
                f"ORDER BY bm25({TABLE}, 20.0, 1.0), rowid DESC LIMIT %s)) "
                "FROM json_each(%s) AS wanted ORDER BY wanted.key",
                [limit, json.dumps([self._any(wish) for wish in wishes])],
            )
            return [json.loads(pages) for (pages,) in cursor.fetchall()]

    def _any(self, wish: Wish) -> str:
        phrases = [self._phrase(phrase) for phrase in wish.phrases]
        if wish.is_open:
            phrases.append(f'"{wish.word}"*')
        return " OR ".join(phrases)

    @staticmethod
    def _phrase(phrase: Phrase) -> str:
        return '"{}"'.format(" ".join(phrase))


class PostgreSQL:
    """Text search with the ``simple`` configuration: our terms go in as they are.

    Ranking reads the heads alone: those of every hit are short, while bodies lie compressed outside the row.
    """

    def create(self, using: BaseDatabaseWrapper) -> None:
        with using.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {TABLE} "
                "(page bigint PRIMARY KEY, heads tsvector NOT NULL, body tsvector NOT NULL)"
            )
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {TABLE}_all ON {TABLE} USING gin ((heads || body))")

    def put(self, rows: Sequence[tuple[int, str, str]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} VALUES (%s, to_tsvector('simple', %s), to_tsvector('simple', %s)) "  # noqa: S608
                "ON CONFLICT (page) DO UPDATE SET heads = EXCLUDED.heads, body = EXCLUDED.body",
                rows,
            )

    def remove(self, pages: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE page = ANY(%s)", [list(pages)])  # noqa: S608

    def matching(
        self, wanted: Sequence[Wish], *, kind: str, limit: int, start: int = 0, marks: Sequence[str] = ()
    ) -> list[int]:
        query = self._query(wanted)
        narrowed, values = _narrowed(kind, marks)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT entry.page FROM {TABLE} AS terms JOIN search_entry AS entry ON entry.page = terms.page "  # noqa: S608
                f"WHERE (heads || body) @@ to_tsquery('simple', %s) {narrowed} "
                "ORDER BY ts_rank(heads, to_tsquery('simple', %s), 1) DESC, entry.page DESC LIMIT %s OFFSET %s",
                [query, *values, query, limit, start],
            )
            return [row[0] for row in cursor.fetchall()]

    def numbers(self, wanted: Sequence[Wish], *, marks: Sequence[str] = ()) -> dict[str, int]:
        narrowed, values = _narrowed("", marks)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT entry.kind, COUNT(*) FROM {TABLE} AS terms "  # noqa: S608
                "JOIN search_entry AS entry ON entry.page = terms.page "
                f"WHERE (heads || body) @@ to_tsquery('simple', %s) {narrowed} GROUP BY entry.kind",
                [self._query(wanted), *values],
            )
            return dict(cursor.fetchall())

    def each(self, wishes: Sequence[Wish], *, limit: int) -> list[list[int]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ARRAY("  # noqa: S608
                f"SELECT page FROM {TABLE} WHERE (heads || body) @@ wanted.query "
                "ORDER BY ts_rank(heads, wanted.query, 1) DESC, page DESC LIMIT %s) "
                "FROM (SELECT to_tsquery('simple', given) AS query, place "
                "FROM unnest(%s::text[]) WITH ORDINALITY AS given(given, place)) AS wanted ORDER BY wanted.place",
                [limit, [self._query([wish]) for wish in wishes]],
            )
            return [list(pages) for (pages,) in cursor.fetchall()]

    @staticmethod
    def _query(wanted: Sequence[Wish]) -> str:
        """Terms in quotes, so that none is read as an operator."""

        def any_of(wish: Wish) -> str:
            phrases = [" <-> ".join(f"'{term}'" for term in phrase) for phrase in wish.phrases]
            if wish.is_open:
                phrases.append(f"'{wish.word}':*")
            return " | ".join(f"({phrase})" for phrase in phrases)

        return " & ".join(f"({any_of(wish)})" for wish in wanted)


def _narrowed(kind: str, marks: Sequence[str]) -> tuple[str, list[str]]:
    """What is asked of a page besides its words, and the values of that."""
    clauses = ["AND entry.kind = %s"] if kind else []
    clauses += ["AND entry.page IN (SELECT page FROM search_mark WHERE mark = %s)"] * len(marks)
    return " ".join(clauses), [*([kind] if kind else []), *marks]


def engine(using: BaseDatabaseWrapper = connection) -> Engine:
    return PostgreSQL() if using.vendor == "postgresql" else SQLite()
