"""``make bench``: what a page costs, measured in one run on the example site and printed as ratios.

Rounds of all ways are interleaved, so that a busy machine slows them alike. CPU time of this process is
counted, not the clock; the spread says how far to trust a figure.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from tests.benchmarks.checks import checks
from tests.benchmarks.evidence import evidence
from tests.benchmarks.forms import forms
from tests.benchmarks.lead_lists import lead_lists
from tests.benchmarks.lighthouse import lighthouse
from tests.benchmarks.page_lists import compare, page_lists
from tests.benchmarks.screens import screens
from tests.benchmarks.search import search
from tests.benchmarks.serving import serving
from tests.benchmarks.staff import staff
from tests.benchmarks.study_lists import study_lists
from tests.benchmarks.worker import worker

ROUNDS = 15
GUIDE = "/conditions/als/"
Call = Callable[[], object]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="stemsite-bench-") as folder:
        os.environ.update(STEMSITE_DATA=folder, DJANGO_SETTINGS_MODULE="stemsite.settings")
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("prepare")
        weights(folder)
        costs()
        serving(folder)
        lighthouse(folder)
        booklets()
        checks()
        forms()
        staff()
        worker()
        call_command("demo", articles=100, password="for the bench only")
        few = page_lists()
        many = int(os.environ.get("BENCH_ARTICLES", "10000"))
        call_command("demo", articles=many - 100, password="for the bench only")
        lists()
        compare(few, page_lists(), many)
        search(many)
        study_lists(request)
        lead_lists()
        screens()
        evidence()


def booklets() -> None:
    """CPU of a packet's booklet, in its own process and ours, and what making a hundred of them leaves in memory."""
    from django.utils import timezone

    from leads.models import Packet
    from leads.packets import pdf
    from leads.packets.making import render

    packet = Packet.objects.live().get(slug="als")
    now = timezone.now()
    render(packet.version_for_readers(), at=now)
    process = Path("/proc", str(pdf._press.pid))
    if not process.exists():
        return
    ticks = os.sysconf("SC_CLK_TCK")

    def theirs() -> float:
        return sum(map(int, (process / "stat").read_text().rpartition(")")[2].split()[11:13])) / ticks

    begun = time.process_time() + theirs()
    for number in range(100):
        render(packet.version_for_readers(), name=f"Sample {chr(65 + number % 26)}{chr(97 + number // 26)}", at=now)
    spent = (time.process_time() + theirs() - begun) * 10
    memory = int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    print(f"packet: {spent:.0f} ms of CPU (at most 100, mean of 100); the press holds {memory:.0f} MB (LEAD-132)")


def request(path: str, **headers: str) -> tuple[str, bytes]:
    """One request through the whole WSGI application; status and body."""
    from stemsite.wsgi import application

    got: dict[str, str] = {}
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path.partition("?")[0], "QUERY_STRING": path.partition("?")[2],
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": BytesIO(), "wsgi.url_scheme": "http", "wsgi.errors": BytesIO(), **headers,
    }  # fmt: skip

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        got.update({"status": status, **{name.lower(): value for name, value in headers}})

    body = b"".join(application(environ, start))
    return got["status"], body


def weights(folder: str) -> None:
    """Bytes over the wire, brotli: the page as stored and the one stylesheet."""
    from stemsite.serving.store import pack_better

    request(GUIDE)
    _, quick = request(GUIDE, HTTP_ACCEPT_ENCODING="br")
    pack_better()
    _, page = request(GUIDE, HTTP_ACCEPT_ENCODING="br")
    sheet = next(Path(folder, "static", "stemsite").glob("site.*.css.br"))
    print("\nWeight of the ALS guide (brotli)")
    css = sheet.stat().st_size
    print(f"  HTML {len(page):,} B + CSS {css:,} B = {len(page) + css:,} B (mark: 14,000)")
    print(f"  until the worker has packed it: {len(quick) + css:,} B")


def costs() -> None:
    from django.conf import settings

    from stemsite.serving import store
    from stemsite.serving.memory import Seen, memory

    def stored() -> None:
        request(GUIDE, HTTP_ACCEPT_ENCODING="br")

    tag = store.find(GUIDE)
    held = f'"{tag.etag}"' if tag else ""

    def unchanged() -> None:
        request(GUIDE, HTTP_IF_NONE_MATCH=held)

    def rendered() -> None:
        settings.PAGE_STORE = False
        memory.seen = Seen()
        try:
            request(GUIDE)
        finally:
            settings.PAGE_STORE = True

    def rendered_first() -> None:
        """What all pages share, such as the menu and the glossary's names, is read again too."""
        store.forget_all()
        rendered()

    def stored_anew() -> None:
        store.forget_all()
        request(GUIDE)

    show(
        "One request for the ALS guide (CPU)",
        {
            "stored": (stored, 40),
            "304": (unchanged, 40),
            "first after a change": (rendered_first, 2),
            "rendered": (rendered, 5),
            "rendered and stored": (stored_anew, 2),
        },
        base="stored",
    )


def lists() -> None:
    """Lists and search with many articles behind them, rendered anew each time."""
    from django.conf import settings

    settings.PAGE_STORE = False
    ways = {
        path: (lambda path=path: request(path), 3)
        for path in ("/blog/", "/blog/?page=20", "/search/?q=cells", "/sitemap.xml", "/sitemap-4.xml")
    }
    show("Lists over many articles (CPU)", ways, base="/blog/")


def show(title: str, ways: dict[str, tuple[Call, int]], *, base: str) -> None:
    """Median milliseconds of CPU a call, spread between quartiles, and the ratio to ``base``."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for call, _ in ways.values():
        call()
    for _ in range(ROUNDS):
        for name, (call, repeats) in ways.items():
            began = time.process_time()
            for _ in range(repeats):
                call()
            times[name].append((time.process_time() - began) / repeats * 1000)
    medians = {name: statistics.median(found) for name, found in times.items()}
    print(f"\n{title}")
    for name, found in times.items():
        low, _, high = statistics.quantiles(found, n=4)
        print(f"  {name:<22} {medians[name]:8.2f} ms ({low:.2f} to {high:.2f})   x{medians[name] / medians[base]:.1f}")


if __name__ == "__main__":
    main()
