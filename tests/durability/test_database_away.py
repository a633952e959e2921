"""The database is away: stored pages are read, forms say so and keep what was typed, and it heals (SEC-03)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.postgres import Missing, throwaway_postgres

from .client import Client, form_of
from .conftest import prepared
from .proxy import Wire
from .savers import logged_in
from .site import Site, until
from .slow import Bystander

pytestmark = [pytest.mark.race, pytest.mark.slow]

PATHS = ("/conditions/als/", "/blog/", "/privacy/")
FIRST_PAGE = """
from articles.models import Article
answer = Article.objects.filter(kind="article").order_by("pk").first().pk
"""


@pytest.fixture(scope="module")
def wired(tmp_path_factory) -> Iterator[tuple[Site, Wire]]:
    """A running site whose PostgreSQL is at the other end of a wire of ours, whichever database the suite uses."""
    try:
        with throwaway_postgres() as url:
            server = urlsplit(url)
            wire = Wire(server.port)
            folder: Path = tmp_path_factory.mktemp("wired")
            site = prepared(folder, url.replace(f":{server.port}/", f":{wire.port}/"))
            with site.running():
                yield site, wire
            wire.cut()
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("how", ["cut", "swallow"])
def test_sec_03_pages_are_read_and_forms_are_kept_while_the_database_is_away(wired, how):
    """SEC-03: stored pages 200, forms 503 with what was typed, ready 503, live 200, healed within 5 s."""
    site, wire = wired
    editor = logged_in(site, "editor")
    editor.headers = {"Sec-Fetch-Site": "same-origin"}
    address = f"/admin/articles/article/{site.ask(FIRST_PAGE)}/change/"
    form = form_of(editor.get(address).body, having="lock_version")
    typed = {**form, "summary": f"Typed while the wire was {how}.", "_continue": "Save version"}
    for _ in range(6):  # Each of the two processes has seen each page.
        for path in PATHS:
            Bystander(site.port).read(path, seconds=0.05)
    getattr(wire, how)()
    try:
        reader = Bystander(site.port, timeout=15)
        began = time.monotonic()
        while time.monotonic() < began + 8:
            for path in PATHS:
                reader.read(path, seconds=0.05)
        refused = editor.post(address, typed)
        live, ready = Client(site.port).get("/healthz/live").status, Client(site.port).get("/healthz/ready").status
    finally:
        wire.join()
    assert reader.failures == []
    assert (refused.status, live, ready) == (503, 200, 503)
    kept = form_of(refused.body, having="summary")
    assert kept["summary"] == typed["summary"]
    assert until(lambda: editor.post(address, {**typed, **kept}).status == 302, 5), "the very form that was given back"
    assert until(lambda: Client(site.port).get("/search/?q=als").status == 200, 5), "a page that is never stored"


def test_sec_03_a_slow_database_slows_and_breaks_nothing(wired):
    """SEC-03: each answer of the database takes a quarter of a second more."""
    site, wire = wired
    wire.delay = 0.25
    try:
        reader = Bystander(site.port, timeout=20)
        for path in PATHS:
            reader.read(path, seconds=1)
        live = Client(site.port).get("/healthz/live").status
    finally:
        wire.join()
    assert (reader.failures, live) == ([], 200)
