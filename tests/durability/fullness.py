"""A full disk where no small file system can be mounted: SQLite is allowed no further page (LEAD-128).

While the file ``disk-is-full`` lies in the data folder, every connection is held to the pages that its database has.
SQLite then says what it says on a full disk: "database or disk is full".
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.backends.signals import connection_created

NAME = "disk-is-full"
NO_MORE, ANY = 1, 2**32 - 2
"""SQLite raises the first to the pages that there are."""


def watch() -> None:
    connection_created.connect(_listen, dispatch_uid="fullness")


def _listen(connection: Any, **_: Any) -> None:
    if connection.vendor == "sqlite":
        connection.execute_wrappers.append(Hold(connection))


class Hold:
    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.file = Path(os.environ["STEMSITE_DATA"]) / NAME
        self.is_full = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        is_full = self.file.exists()
        if is_full != self.is_full:
            self.connection.connection.execute(f"PRAGMA max_page_count = {NO_MORE if is_full else ANY}")
            self.is_full = is_full
        return execute(sql, params, many, context)
