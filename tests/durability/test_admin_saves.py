"""Staff save while web processes and workers are killed: nothing lost, doubled or invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from .conftest import FULL
from .journal import Journal, Outcome
from .savers import Saver, logged_in, storm
from .site import Killer, Site

pytestmark = [pytest.mark.race, pytest.mark.database, pytest.mark.slow]

STAFF = ("editor", "publisher") * 3
ACCEPTED, WEB_KILLS, WORKER_KILLS, SECONDS = (1000, 200, 20, 3600) if FULL else (60, 12, 2, 150)

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
        web = Killer(lambda turn: _victim(site, turn), times=WEB_KILLS, pause=(2.0, 3.0), when=_each(journal, 3))
        worker = Killer(lambda _: site.worker(), times=WORKER_KILLS, pause=(4.0, 8.0), when=_each(journal, 10))
        storm(savers, journal, accepted=ACCEPTED, killers=(web, worker), seconds=SECONDS)
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
    assert (journal.count(Outcome.ACCEPTED) >= ACCEPTED, web.kills, worker.kills) == (True, WEB_KILLS, WORKER_KILLS)


def _each(journal: Journal, number: int) -> Callable[[], bool]:
    """True once for every ``number`` of acknowledged saves: on a slow machine the kills come slower too."""
    seen = 0

    def more() -> bool:
        nonlocal seen
        now = journal.count(Outcome.ACCEPTED)
        if now < seen + number:
            return False
        seen = now
        return True

    return more


def _victim(site: Site, turn: int) -> int | None:
    """The older of the web processes; every twelfth time the parent that starts them."""
    return site.web_parent() if turn % 12 == 5 else next(iter(site.web_processes()), None)
