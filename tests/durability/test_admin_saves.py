"""Staff save while web processes and workers are killed: nothing lost, doubled or invented."""

from __future__ import annotations

from collections import Counter

import pytest

from .conftest import FULL
from .journal import Journal, Outcome
from .savers import Saver, logged_in, storm
from .site import Killer, Site

pytestmark = [pytest.mark.race, pytest.mark.database, pytest.mark.slow]

STAFF = ("editor", "publisher") * 3
ACCEPTED, SECONDS, WEB_KILLS, WORKER_KILLS = (1000, 1800, 300, 40) if FULL else (400, 45, 20, 3)

PAGES = """
from articles.models import Article
answer = list(Article.objects.filter(kind="article").order_by("pk").values_list("pk", flat=True)[:4])
"""

STORED = """
from django.core.management import call_command
from django.db import connection
from articles.models import Article
from stemsite.audit.recording import first_break
from stemsite.publishing.models import Version
from stemsite.publishing.versions import altered_versions, frozen
pages = list(Article.objects.filter(pk__in=given["pages"]))
versions = Version.objects.filter(page_id__in=given["pages"])
integrity = "ok"
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        integrity = cursor.execute("PRAGMA integrity_check").fetchone()[0]
answer = {
    "summaries": [version.content["summary"] for version in versions],
    "altered": [str(version.pk) for version, _ in altered_versions()],
    "torn": [page.pk for page in pages if frozen(page)[1] != page.latest_version.content_hash],
    "saves": {page.pk: page.lock_version for page in pages},
    "audit": first_break() and str(first_break()),
    "integrity": integrity,
}
"""


def test_sec_01_no_acknowledged_save_is_lost_doubled_or_invented_by_kills(site: Site, tmp_path):
    """SEC-01: also no draft that is half one save and half another, and an unbroken chain of versions and events."""
    journal = Journal(tmp_path / "journal.jsonl")
    pages = site.ask(PAGES)
    with site.running():
        at_work = {name: logged_in(site, name) for name in set(STAFF)}
        savers = [
            Saver(at_work[name], journal, f"{number}", name, pages[number % 4]) for number, name in enumerate(STAFF)
        ]
        chosen = iter(range(10**6))
        web = Killer(lambda: _victim(site, next(chosen)), times=WEB_KILLS, pause=(2.6, 3.4))
        worker = Killer(site.worker, times=WORKER_KILLS, pause=(8, 12))
        web.start()
        worker.start()
        storm(savers, journal, accepted=ACCEPTED, seconds=SECONDS)
        kills = web.stop(), worker.stop()
    trouble = [line for saver in savers for line in saver.trouble]
    stored = site.ask(STORED, pages=pages)

    counts = Counter(summary.removeprefix("Words of ") for summary in stored["summaries"] if "Words of" in summary)
    wrong = [
        f"{attempt.key} was {attempt.outcomes} and has {counts[attempt.key]} versions"
        for attempt in journal
        if not attempt.rows[0] <= counts[attempt.key] <= attempt.rows[1]
    ]
    invented = counts.keys() - {attempt.key for attempt in journal}
    assert (trouble, wrong, invented) == ([], [], set())
    assert {name: stored[name] for name in ("altered", "torn", "audit", "integrity")} == {
        "altered": [], "torn": [], "audit": None, "integrity": "ok",
    }  # fmt: skip
    assert sum(stored["saves"].values()) == sum(counts.values())
    accepted = journal.count(Outcome.ACCEPTED)
    assert accepted >= (ACCEPTED if FULL else 20), (accepted, kills)
    assert kills[0] >= (100 if FULL else 8) and kills[1] >= 1, kills


def _victim(site: Site, turn: int) -> int | None:
    """The older of the web processes; every twelfth time the parent that starts them."""
    return site.web_parent() if turn % 12 == 5 else next(iter(site.web_processes()), None)
