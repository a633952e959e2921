"""Stored pages on disk, given by a real nginx with the shipped configuration: never an older one (PUB-03)."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import nginx

from .conftest import FULL
from .site import ROOT, Site, free_port, until
from .test_freshness import MAKE as MAKE_NUMBER
from .test_freshness import PUBLISH, Readers

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.database]

READERS = 4
PUBLISHES, REQUESTS = (200, 10_000) if FULL else (15, 1_000)

ADDRESS = "/number-on-disk/"
MAKE = f"""
from tests.factories.numbers import Numbers
Numbers.all_start_again(10_000)
{MAKE_NUMBER.replace('slug="number"', 'slug="number-on-disk"')}"""

# What the worker does every five seconds, as often as it can.
LAY_OUT = """
import time
import django
django.setup()
from stemsite.serving.laying import folder
while True:
    folder.keep_up()
    time.sleep(0.01)
"""


class Counting(Readers):
    """Also how many answers came from the files: nginx tags them by time and length."""

    from_files = 0

    def seen(self, answer: http.client.HTTPResponse) -> None:
        self.from_files += re.fullmatch(r'"[0-9a-f]+-[0-9a-f]+"', answer.headers["ETag"] or "") is not None


@pytest.fixture
def behind_nginx(site: Site, tmp_path: Path) -> Iterator[tuple[Site, int]]:
    """Two web processes, one that lays out, and nginx in front at a port of its own."""
    more = {"PAGES_ON_DISK": "yes", "TRUSTED_PROXIES": "1"}
    site = Site(site.folder, database_url=site.database_url, more=more, port=free_port())
    port = free_port()
    web = [sys.executable, "-m", "stemsite.web", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(site.port)]
    web += ["--workers", "2", "--blocking-threads", "8", "--http", "1", "--log-level", "error"]
    configuration = site.manage("nginx", "--listen", f"127.0.0.1:{port}")
    commands = [*web, "stemsite.wsgi:application"], [sys.executable, "-c", LAY_OUT]
    processes = []
    try:
        with nginx.running(tmp_path, configuration, port):
            processes = [subprocess.Popen(command, cwd=ROOT, env=site.environment) for command in commands]
            assert until(site.is_up, 60)
            yield site, port
    finally:
        site.ask_no_more()
        for process in processes:
            process.terminate()
            process.wait(30)


def test_pub_03_nginx_gives_no_older_page_once_the_newer_was_said_to_be_published(behind_nginx):
    site, port = behind_nginx
    page = site.ask(MAKE)
    readers = Counting(port, ADDRESS)
    threads = [threading.Thread(target=readers.read) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, PUBLISHES + 1):
            readers.said = site.ask(PUBLISH, page=page, number=number)
            before = readers.from_files
            assert until(lambda before=before: readers.from_files > before, 120), "laid out anew, whatever else is done"
            assert until(lambda number=number: readers.asked >= number * REQUESTS / PUBLISHES, 120)
    finally:
        readers.over.set()
        for thread in threads:
            thread.join()
    assert readers.older == []
    assert readers.failures == []
    assert readers.asked >= REQUESTS
