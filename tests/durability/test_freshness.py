"""After "published" was said, no process of the site gives the older page: from outside, on real processes (PUB-03)."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from .conftest import FULL
from .site import ROOT, Site, free_port, until

pytestmark = [pytest.mark.race, pytest.mark.slow]

PROCESSES = 4
READERS = 8
PUBLISHES, REQUESTS = (200, 10_000) if FULL else (25, 1_000)

MAKE = """
from tests.factories import make_plain_page, publish
page = make_plain_page(slug="number", html="<p>Number 0.</p>")
publish(page)
answer = page.pk
"""
PUBLISH = """
from articles.models import Article, TextSection
from tests.factories import publish
page = Article.objects.get(pk=given["page"])
TextSection.objects.filter(parent_id=page.pk).update(html=f"<p>Number {given['number']}.</p>")
publish(page, change="minor", note="Counting.")
answer = given["number"]
"""


@pytest.fixture(scope="module")
def four(site: Site) -> Iterator[Site]:
    """The site with twice the usual number of processes, at a port of its own."""
    port = free_port()
    command = [sys.executable, "-m", "stemsite.web", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(PROCESSES), "--blocking-threads", "8", "--http", "1", "--log-level", "error"]
    served = Site(site.folder, database_url=site.database_url, port=port)
    process = subprocess.Popen([*command, "stemsite.wsgi:application"], cwd=ROOT, env=served.environment)
    try:
        assert until(served.is_up, 60)
        yield served
    finally:
        served.ask_no_more()
        process.terminate()
        process.wait(30)


@dataclass(slots=True)
class Readers:
    """Ask again and again, each over its own connection, and compare with what was said before they asked."""

    port: int
    address: str = "/number/"
    said: int = 0
    asked: int = 0
    older: list[tuple[int, int]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            while not self.over.is_set():
                said = self.said
                connection.request("GET", self.address)
                answer = connection.getresponse()
                found = re.search(rb"Number (\d+)\.", answer.read())
                self.asked += 1
                self.seen(answer)
                if answer.status != 200 or found is None:
                    self.failures.append(f"{answer.status} after {said}")
                elif int(found[1]) < said:
                    self.older.append((said, int(found[1])))
        except (OSError, http.client.HTTPException) as error:
            self.failures.append(repr(error))
        finally:
            connection.close()

    def seen(self, answer: http.client.HTTPResponse) -> None:
        """Whatever else is to be known of an answer."""


def test_pub_03_no_process_gives_the_older_page_once_the_newer_was_said_to_be_published(four):
    page = four.ask(MAKE)
    readers = Readers(four.port)
    threads = [threading.Thread(target=readers.read) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, PUBLISHES + 1):
            readers.said = four.ask(PUBLISH, page=page, number=number)
            assert until(lambda number=number: readers.asked >= number * REQUESTS / PUBLISHES, 30)
    finally:
        readers.over.set()
        for thread in threads:
            thread.join()
    assert readers.older == []
    assert readers.failures == []
    assert readers.asked >= REQUESTS
