from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from .site import PASSWORD, Site

FULL = os.environ.get("DURABILITY") == "full"
"""The short forms run with the suite; ``make durability`` runs the figures of the specification."""


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A database of its own on the server that the suite runs on; empty for SQLite in the site's folder."""
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        yield ""
        return
    import psycopg

    name = f"durability_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Site]:
    """The example site, prepared but not started; whatever a test leaves running is stopped."""
    made = prepared(tmp_path_factory.mktemp("site"), database_url)
    yield made
    made.stop()


def prepared(folder: Path, database_url: str = "", **more: str) -> Site:
    site = Site(folder, database_url=database_url, **more)
    site.manage("prepare")
    site.manage("demo", "--password", PASSWORD)
    return site
