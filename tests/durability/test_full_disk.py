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

from . import fullness, leads
from .client import Client, form_of
from .conftest import FULL
from .journal import Journal, Outcome
from .savers import logged_in
from .sink import Sink
from .site import Site, until
from .slow import Bystander
from .visitors import Blanks, Tally, Visitor

pytestmark = [pytest.mark.race, pytest.mark.slow]

SECONDS = 14 if FULL else 6
LONGEST = 6.0
ROOM = "96m"


class SmallDisk:
    """A file system of a few megabytes that can be filled to the last byte."""

    has_room_for = "nothing"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.contextmanager
    def full(self, site: Site) -> Iterator[None]:
        """Nothing is left, and whatever becomes free is taken again."""
        filler, over = self.folder / "filler", threading.Event()

        def fill() -> None:
            with filler.open("ab", buffering=0) as file:
                while not over.is_set():
                    with contextlib.suppress(OSError):
                        while file.write(b"x" * max(shutil.disk_usage(self.folder).free, 1)):
                            pass
                    over.wait(0.05)

        filling = threading.Thread(target=fill)
        filling.start()
        try:
            assert until(lambda: shutil.disk_usage(self.folder).free == 0, 10)
            yield
        finally:
            over.set()
            filling.join()
            filler.unlink()


class NoMorePages(SmallDisk):
    """Where none can be mounted: the database may not grow. What fits its last pages is stored, and truly so."""

    has_room_for = "a little"

    @contextlib.contextmanager
    def full(self, site: Site) -> Iterator[None]:
        mark = site.folder / fullness.NAME
        mark.touch()
        try:
            yield
        finally:
            mark.unlink()


def mounted(folder: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)]
    return not subprocess.run(command, capture_output=True).returncode


@pytest.fixture(params=[SmallDisk, NoMorePages])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param is NoMorePages:
        yield NoMorePages(folder)
        return
    if not mounted(folder):
        pytest.skip("no small file system can be mounted here; the same is asked of SQLite's own limit")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


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


PATHS = ("/conditions/als/", "/blog/", "/privacy/")


def test_sec_02_a_full_disk_is_refused_honestly_read_from_and_healed(small_disk, site, tmp_path):
    """SEC-02, LEAD-127 D5, LEAD-128: no false success, public pages 200, forms 503 within 6 s, healed without restart.

    SQLite only: a PostgreSQL server that shares the full disk is the server's own affair.
    """
    saves, sent = Journal(tmp_path / "saves.jsonl"), Journal(tmp_path / "sent.jsonl")
    with Sink(tmp_path / "sink.jsonl") as sink:
        small = site.copied_to(
            small_disk.folder / "site", mail_url=f"smtp://127.0.0.1:{sink.port}", more={"LEADS_LIMITS": "no"}
        )
        page, ended_before = small.ask(FIRST_PAGE), leads.ended(small)
        with small.running():
            editor = Editor(logged_in(small, "editor"), saves, page)
            assert editor.save() == 302
            tally, blanks = Tally(), Blanks.fetched(small.port)
            visitors = [
                Visitor(small.port, sent, blanks, tally, name=f"v{number}", pause=0.3, twice=0) for number in range(2)
            ]
            readers = [Bystander(small.port) for _ in PATHS]
            for reader, path in zip(readers, PATHS, strict=True):
                reader.read(path, seconds=0.2)
            with small_disk.full(small):
                reading = [
                    threading.Thread(target=reader.read, args=(path,), kwargs={"seconds": SECONDS})
                    for reader, path in zip(readers, PATHS, strict=True)
                ]
                for thread in (*reading, *visitors):
                    thread.start()
                end = time.monotonic() + SECONDS
                while time.monotonic() < end:
                    editor.save()
                for thread in reading:
                    thread.join()
                unready, live = (Client(small.port).get(f"/healthz/{name}").status for name in ("ready", "live"))
            assert until(lambda: editor.save() == 302, 5), "healed"
            assert until(lambda: Client(small.port).get("/healthz/ready").status == 200, 10)
            for visitor in visitors:
                visitor.over.set()
            for visitor in visitors:
                visitor.join()
            leads.wait_until_sent(small, 60)
            wrong = leads.wrong(small, sent, sink, ended_before=ended_before)
            summaries = [summary.removeprefix("Words of ") for summary in small.ask(SUMMARIES)]
    refused = {status for status in editor.statuses if status != 302}
    assert refused == {503} and set(tally.refused) <= {503}
    if small_disk.has_room_for == "nothing":
        assert set(tally.refused) == {503} and unready == 503
    assert max(editor.longest, tally.longest_refusal) < LONGEST
    assert [failure for reader in readers for failure in reader.failures] == []
    assert live == 200
    assert [
        attempt for attempt in saves if summaries.count(attempt.key) != (Outcome.ACCEPTED in attempt.outcomes)
    ] == []
    assert (tally.trouble, wrong) == ([], [])
