"""A full disk: an honest refusal, pages are still read, and it heals without a restart (SEC-02)."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .client import Client, form_of
from .conftest import FULL, prepared
from .journal import Journal, Outcome
from .savers import logged_in
from .site import Site, until
from .slow import Bystander

pytestmark = [pytest.mark.race, pytest.mark.slow]

SECONDS = 60 if FULL else 8
LONGEST = 6.0
ROOM = "96m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no small file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def site(small_disk: Path) -> Site:
    """SQLite only: a PostgreSQL server that shares the full disk is the server's own affair."""
    return prepared(small_disk / "site")


@contextlib.contextmanager
def full(disk: Path) -> Iterator[None]:
    """Nothing is left, and whatever becomes free is taken again."""
    filler, over = disk / "filler", threading.Event()

    def fill() -> None:
        with filler.open("ab", buffering=0) as file:
            while not over.is_set():
                with contextlib.suppress(OSError):
                    while file.write(b"x" * max(shutil.disk_usage(disk).free, 1)):
                        pass
                over.wait(0.05)

    filling = threading.Thread(target=fill)
    filling.start()
    try:
        assert until(lambda: shutil.disk_usage(disk).free == 0, 10)
        yield
    finally:
        over.set()
        filling.join()
        filler.unlink()


class Editor:
    """Saves one page again and again, with words of its own each time."""

    def __init__(self, client: Client, journal: Journal, page: int) -> None:
        self.client, self.journal = client, journal
        self.address = f"/admin/articles/article/{page}/change/"
        self.form = form_of(client.get(self.address).body, having="lock_version")
        self.number = 0
        self.longest = 0.0
        self.statuses: list[int] = []

    def save(self) -> int:
        self.number += 1
        key = f"save {self.number}."
        self.journal.intend(key)
        began = time.monotonic()
        data = {**self.form, "summary": f"Words of {key}", "_continue": "Save version"}
        answer = self.client.post(self.address, data)
        self.longest = max(self.longest, time.monotonic() - began)
        self.journal.note(key, answer.outcome, answer.status)
        self.statuses.append(answer.status)
        if answer.status == 302:
            self.form = form_of(self.client.get(self.address).body, having="lock_version")
        return answer.status


SUMMARIES = """
from articles.models import Article
from stemsite.publishing.models import Version
page = Article.objects.filter(kind="article").order_by("pk").first()
answer = [version.content["summary"] for version in Version.objects.filter(page=page)]
"""
FIRST_PAGE = """
from articles.models import Article
answer = Article.objects.filter(kind="article").order_by("pk").first().pk
"""


def test_sec_02_a_full_disk_is_refused_honestly_read_from_and_healed(small_disk, site, tmp_path):
    """SEC-02: no false success, public pages 200, forms 503 within 6 s, healed without restart."""
    journal = Journal(tmp_path / "journal.jsonl")
    page = site.ask(FIRST_PAGE)
    with site.running():
        editor = Editor(logged_in(site, "editor"), journal, page)
        assert editor.save() == 302
        readers = [Bystander(site.port) for _ in range(3)]
        for reader, path in zip(readers, ("/conditions/als/", "/blog/", "/privacy/"), strict=True):
            reader.read(path, seconds=0.2)
        with full(small_disk):
            threads = [
                threading.Thread(target=reader.read, args=(path,), kwargs={"seconds": SECONDS})
                for reader, path in zip(readers, ("/conditions/als/", "/blog/", "/privacy/"), strict=True)
            ]
            for thread in threads:
                thread.start()
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                editor.save()
            for thread in threads:
                thread.join()
            unready = Client(site.port).get("/healthz/ready").status
            live = Client(site.port).get("/healthz/live").status
        assert until(lambda: editor.save() == 302, 5), "healed"
        assert until(lambda: Client(site.port).get("/healthz/ready").status == 200, 10)
    refused = [status for status in editor.statuses if status != 302]
    assert refused and set(refused) == {503}
    assert editor.longest < LONGEST
    assert [failure for reader in readers for failure in reader.failures] == []
    assert (unready, live) == (503, 200)
    summaries = [summary.removeprefix("Words of ") for summary in site.ask(SUMMARIES)]
    for attempt in journal:
        stands = summaries.count(attempt.key)
        assert stands == (1 if Outcome.ACCEPTED in attempt.outcomes else 0), attempt
