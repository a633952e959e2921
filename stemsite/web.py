"""The web server: granian, whose workers are made from one process that has loaded everything (ADR 21).

``python -m stemsite.web`` takes what ``granian`` takes. A worker shares the memory of what was loaded with the others,
and one that died is replaced in a moment instead of the seconds that loading takes.
"""

from __future__ import annotations

import os

import django
from django.db import connections
from django.urls import get_resolver
from granian.cli import entrypoint

from stemsite.heap import keep_what_is_loaded


def load() -> None:
    """All but what belongs to a worker alone: no thread, no connection and no lock may be there before it is made."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stemsite.settings")
    django.setup()
    _ = get_resolver().url_patterns
    connections.close_all()
    keep_what_is_loaded()


if __name__ == "__main__":
    load()
    entrypoint()
