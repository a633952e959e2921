"""What SQLite knows of its tables when it plans a question: how many rows there are, and how alike they are.

PostgreSQL gathers that by itself. SQLite does when it is asked (https://sqlite.org/lang_analyze.html); without it, a
question over fifty thousand people may take seconds instead of milliseconds.
"""

from __future__ import annotations

from django.db import connection

LOOKED_AT = 400
"""Rows of each index, as the manual advises; some tens of milliseconds, however large the site is."""


def learn() -> bool:
    """Look at the tables anew; false where the database does so by itself."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit={LOOKED_AT}")
        cursor.execute("ANALYZE")
    return True
