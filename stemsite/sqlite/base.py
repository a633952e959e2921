"""The database wrapper: every write transaction, and every write on its own, passes the gate first."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from .gate import Pass, gate_of

PATIENCE = 20.0
"""Seconds at the gate, as for SQLite's own lock where the settings name none."""

_TAKES_NO_LOCK = re.compile(r"\s*(SELECT|WITH|PRAGMA|EXPLAIN|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.IGNORECASE)


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the gate from BEGIN to the end of the transaction, or for one statement outside of any."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pass: Pass | None = None

    def create_cursor(self, name: Any = None) -> Any:
        return self.connection.cursor(factory=self._gated)

    def _gated(self, connection: Any) -> GatedCursor:
        cursor = GatedCursor(connection)
        cursor.wrapper = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self._pass = self._enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._leave()

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    @contextlib.contextmanager
    def gate_for(self, statement: str) -> Iterator[None]:
        """Around one statement; inside a transaction the gate is ours already."""
        if self._pass is not None or _TAKES_NO_LOCK.match(statement):
            yield
            return
        self._pass = self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> Pass | None:
        name = str(self.settings_dict["NAME"])
        if self.is_in_memory_db() or name.startswith("file:"):
            return None
        patience = float(self.settings_dict.get("OPTIONS", {}).get("timeout", PATIENCE))
        try:
            entered = gate_of(Path(name)).enter(patience)
        except OSError:
            return None  # On a full disk the two files may not be made; the lock of SQLite itself still holds.
        if entered is None:
            raise OperationalError("database is locked: others wrote for too long")
        return entered

    def _leave(self) -> None:
        entered, self._pass = self._pass, None
        if entered is not None:
            entered.give_back()


class GatedCursor(base.SQLiteCursorWrapper):
    wrapper: DatabaseWrapper

    def execute(self, query: Any, params: Any = None) -> Any:
        with self.wrapper.gate_for(query):
            return super().execute(query, params)

    def executemany(self, query: Any, param_list: Any) -> Any:
        with self.wrapper.gate_for(query):
            return super().executemany(query, param_list)
