"""The inverted index of each database: FTS5 of SQLite, ``tsvector`` of PostgreSQL, over terms we made ourselves.

Both hold the same two columns of terms, heads (title and names) and body, so they answer alike; the order
differs in detail, never in whether a title comes before a mention.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from .queries import Phrase, Wish

TABLE = "search_terms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which of the pages that match are wanted, the best first: those of one kind or of all."""

    kind: str = ""
    limit: int
    start: int = 0


Row = tuple[int, str, str, str]
"""What is kept of a page: its number, its kind, the terms of its heads and of its body."""


class Engine(Protocol):
    def create(self, using: BaseDatabaseWrapper) -> None:
        """Its table and indexes, or those it had before in the form they have today."""

    def put(self, rows: Sequence[Row]) -> None: ...
    def remove(self, pages: Iterable[int]) -> None: ...
    def found(
        self, wanted: Sequence[Wish], part: Part, *, marks: Sequence[str] = ()
    ) -> tuple[dict[str, int], list[int]]:
        """How many pages of each kind meet all of ``wanted``, kinds from A to Z, and ``part`` of them."""

    def is_known(self, wish: Wish) -> bool:
        """Whether any page meets ``wish``."""

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

    def put(self, rows: Sequence[Row]) -> None:
        """But for the kinds, which are read from the entries: here that costs less than to keep them twice."""
        self.remove(page for page, *_ in rows)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} (rowid, heads, body) VALUES (%s, %s, %s)",  # noqa: S608
                [(page, heads, body) for page, _, heads, body in rows],
            )

    def remove(self, pages: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(page,) for page in pages])  # noqa: S608

    def found(
        self, wanted: Sequence[Wish], part: Part, *, marks: Sequence[str] = ()
    ) -> tuple[dict[str, int], list[int]]:
        """In two statements: to keep what one has found for the other costs more than to find it twice."""
        match = " AND ".join(f"({self._any(wish)})" for wish in wanted)
        narrowed = _narrowed(marks)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT entry.kind, COUNT(*) FROM {TABLE} {self.JOINED} "  # noqa: S608
                f"WHERE {TABLE} MATCH %s {narrowed} GROUP BY entry.kind ORDER BY entry.kind",
                [match, *marks],
            )
            numbers: dict[str, int] = dict(cursor.fetchall())
            if not (numbers.get(part.kind) if part.kind else numbers):
                return numbers, []
            only, kind = ("AND entry.kind = %s", [part.kind]) if part.kind else ("", [])
            cursor.execute(
                f"SELECT {TABLE}.rowid FROM {TABLE} {self.JOINED} WHERE {TABLE} MATCH %s {narrowed} {only} "  # noqa: S608
                f"ORDER BY bm25({TABLE}, 20.0, 1.0), {TABLE}.rowid DESC LIMIT %s OFFSET %s",
                [match, *marks, *kind, part.limit, part.start],
            )
            return numbers, [page for (page,) in cursor.fetchall()]

    def is_known(self, wish: Wish) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {TABLE} {self.JOINED} WHERE {TABLE} MATCH %s LIMIT 1",  # noqa: S608
                [self._any(wish)],
            )
            return cursor.fetchone() is not None

    def each(self, wishes: Sequence[Wish], *, limit: int) -> list[list[int]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT json_group_array(page) FROM ("  # noqa: S608
                f"SELECT {TABLE}.rowid AS page FROM {TABLE} {self.JOINED} WHERE {TABLE} MATCH wanted.value "
                f"ORDER BY bm25({TABLE}, 20.0, 1.0), {TABLE}.rowid DESC LIMIT %s)) "
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

    Ranking reads the heads alone: those of every hit are short, while bodies lie compressed outside the row. The kind
    stands beside them, so that no entry is read to count; a trigger takes a page's terms away with its entry.
    """

    ALL = f"{TABLE}_said(heads, body)"
    """A function that no plan unfolds, so that its cost counts: every page is read otherwise for a word of many."""

    def create(self, using: BaseDatabaseWrapper) -> None:
        with using.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {TABLE} "
                "(page bigint PRIMARY KEY, kind varchar(20) NOT NULL, heads tsvector NOT NULL, body tsvector NOT NULL)"
            )
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {TABLE}_said(heads tsvector, body tsvector) RETURNS tsvector "
                "LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE COST 1000 AS 'BEGIN RETURN heads || body; END'"
            )
            cursor.execute(f"DROP INDEX IF EXISTS {TABLE}_all")
            cursor.execute(f"CREATE INDEX {TABLE}_all ON {TABLE} USING gin ({self.ALL})")
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {TABLE}_follow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "  # noqa: S608
                f"DELETE FROM {TABLE} WHERE page NOT IN (SELECT page FROM search_entry); RETURN NULL; END'"
            )
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {TABLE}_follow AFTER DELETE OR TRUNCATE ON search_entry "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_follow()"
            )

    def put(self, rows: Sequence[Row]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} VALUES (%s, %s, to_tsvector('simple', %s), to_tsvector('simple', %s)) "  # noqa: S608
                "ON CONFLICT (page) DO UPDATE SET kind = EXCLUDED.kind, heads = EXCLUDED.heads, body = EXCLUDED.body",
                rows,
            )

    def remove(self, pages: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE page = ANY(%s)", [list(pages)])  # noqa: S608

    def found(
        self, wanted: Sequence[Wish], part: Part, *, marks: Sequence[str] = ()
    ) -> tuple[dict[str, int], list[int]]:
        query = self._query(wanted)
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH found AS MATERIALIZED ("  # noqa: S608
                "SELECT page, kind, ts_rank(heads, to_tsquery('simple', %s), 1) AS score "
                # The offset lets no plan begin with the marks, and read the words of every page that has them.
                f"FROM (SELECT page, kind, heads FROM {TABLE} WHERE {self.ALL} @@ to_tsquery('simple', %s) OFFSET 0) "
                f"AS met WHERE TRUE {_narrowed(marks)}) "
                "SELECT kind, COUNT(*), NULL::bigint[] FROM found GROUP BY kind "
                "UNION ALL SELECT '', 0, ARRAY(SELECT page FROM found WHERE %s IN ('', kind) "
                "ORDER BY score DESC, page DESC LIMIT %s OFFSET %s)",
                [query, query, *marks, part.kind, part.limit, part.start],
            )
            rows = cursor.fetchall()
        numbers = {kind: number for kind, number, pages in sorted(rows) if pages is None}
        return numbers, next(pages for _, _, pages in rows if pages is not None)

    def is_known(self, wish: Wish) -> bool:
        """All are counted: for a single one every page would be read, in the hope that it comes early."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT COUNT(*) FROM {TABLE} WHERE {self.ALL} @@ to_tsquery('simple', %s)",  # noqa: S608
                [self._query([wish])],
            )
            return bool(cursor.fetchone()[0])

    def each(self, wishes: Sequence[Wish], *, limit: int) -> list[list[int]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ARRAY("  # noqa: S608
                f"SELECT page FROM {TABLE} WHERE {self.ALL} @@ wanted.query "
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


def _narrowed(marks: Sequence[str]) -> str:
    """What is asked of a page besides its words, with a place for each of ``marks``."""
    return " ".join(["AND page IN (SELECT page FROM search_mark WHERE mark = %s)"] * len(marks))


def engine(using: BaseDatabaseWrapper = connection) -> Engine:
    return PostgreSQL() if using.vendor == "postgresql" else SQLite()
