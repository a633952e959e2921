"""What a database knows of its tables while it is measured: what it would know in use, no more."""

from __future__ import annotations


def as_in_use() -> None:
    """What the worker does on SQLite every six hours, and PostgreSQL by itself after much was written."""
    from django.db import connection

    from stemsite.sqlite.planning import learn

    if not learn():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
