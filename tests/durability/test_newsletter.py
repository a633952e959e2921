"""D8: the worker is killed again and again in an issue of thousands, and a page of it is withdrawn meanwhile."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from .conftest import FULL
from .sink import Sink
from .site import ROOT, Site, until

pytestmark = [pytest.mark.race, pytest.mark.slow]

READERS, KILLS, SECONDS = (10_000, 14, 3600) if FULL else (2_000, 5, 400)
LOST_ACKS = 3

BEGIN = """
from django.utils import timezone
from leads.models import Contact, IssueRun, Subscription
from leads.newsletter import workflow
from stemsite.access import Role
from tests.factories import make_issue, make_live_article, make_user
now = timezone.now()
contacts = [Contact(email=f"reader{number}@example.org") for number in range(given["readers"])]
Contact.objects.bulk_create(contacts, batch_size=500)
Subscription.objects.bulk_create(
    [Subscription(contact=contact, state="confirmed", confirmed_at=now) for contact in contacts], batch_size=500
)
publisher = make_user(Role.AUTHOR, Role.PUBLISHER, email="publisher@example.org")
make_user(Role.OWNER, email="owner@example.org")
pages = [make_live_article(title="How to read a study"), make_live_article(title="Questions to ask a clinic")]
issue = make_issue(*pages, by=publisher)
workflow.start(issue, by=publisher)
IssueRun.objects.filter(issue=issue).update(starts_at=timezone.now())
answer = {"issue": issue.pk, "batch": issue.batch, "titles": [page.title for page in pages]}
"""

WITHDRAW = """
from django.contrib.auth import get_user_model
from stemsite.publishing import workflow
from stemsite.publishing.families import specific
from stemsite.publishing.models import Page
page = specific(Page.objects.get(title=given["title"]))
workflow.withdraw(page, by=get_user_model().objects.get(email="owner@example.org"), kind="error", reason="Wrong.")
answer = True
"""

GO_ON = """
from django.contrib.auth import get_user_model
from leads.models import NewsletterIssue
from leads.newsletter import workflow
issue = NewsletterIssue.objects.get(pk=given["issue"])
owner, publisher = (get_user_model().objects.get(email=f"{name}@example.org") for name in ("owner", "publisher"))
issue.cards.filter(page__title=given["title"]).delete()
workflow.saved(issue, by=publisher)
workflow.approve(issue, by=owner, edition_id=workflow.edition_to_read(issue).pk)
workflow.resume(issue, by=publisher)
answer = True
"""

STATE = """
from leads.models import NewsletterIssue
from leads.newsletter.counting import letters_of
issue = NewsletterIssue.objects.select_related("run").get(pk=given["issue"])
run = issue.run
answer = {
    "state": issue.state, "because": issue.stopped_because, "letters": letters_of(issue),
    "counted": [run.recipients, run.sent, run.failed, run.suppressed, run.cancelled],
}
"""


class Lane:
    """The worker as a process that can be killed and started again."""

    def __init__(self, site: Site, log: Path) -> None:
        self.site, self.log = site, log
        self.kills = 0
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "manage.py", "worker"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.site.environment, stdout=log, stderr=log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)
        self.kills += 1

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)


@pytest.fixture
def bare(tmp_path) -> Site:
    """Tables and keys, and no example site: the worker alone is at work."""
    made = Site(tmp_path / "site")
    made.manage("migrate", "--verbosity", "0")
    made.manage("createcachetable")
    return made


def test_lead_81_nobody_is_missed_and_few_get_it_twice_however_often_the_worker_is_killed(bare: Site, tmp_path):
    """LEAD-80, LEAD-81, D8: copies <= lost acknowledgements + kills; no letter after the withdrawal tells of it."""
    chance = random.Random(8)  # noqa: S311
    with Sink(tmp_path / "sink.jsonl") as sink:
        sink.script(*["lost ack"] * LOST_ACKS, "450", "451")
        mail_url = f"smtp://127.0.0.1:{sink.port}"
        sender = Site(bare.folder, more={"NEWSLETTER_MAIL_URL": mail_url})
        begun = sender.ask(BEGIN, readers=READERS)
        lane = Lane(sender, tmp_path / "worker.log")
        try:
            for turn in range(1, KILLS + 1):
                aim = len(sink.received()) + READERS // (KILLS + 2)
                if turn == KILLS // 2 + 1:
                    _withdraw_and_go_on(sender, sink, begun)
                assert until(lambda aim=aim: len(sink.received()) >= aim, SECONDS), "letters go again after a kill"
                time.sleep(chance.uniform(0, 0.5))
                lane.kill()
                lane.start()
            ended = until(lambda: sender.ask(STATE, **_named(begun))["state"] == "finished", SECONDS, pause=3)
        finally:
            lane.stop()
        found = sender.ask(STATE, **_named(begun))
        got = Counter(address for letter in sink.received() for address in letter.recipients)
        lost = sink.lost_acks
    assert ended, found
    assert set(got) == {f"reader{number}@example.org" for number in range(READERS)}, "nobody is missed or invented"
    assert sum(got.values()) - READERS <= lane.kills + lost
    assert found["letters"] == {"sent": READERS}
    assert found["counted"] == [READERS, READERS, 0, 0, 0]


def _named(begun: dict[str, object]) -> dict[str, object]:
    return {"issue": begun["issue"]}


def _withdraw_and_go_on(site: Site, sink: Sink, begun: dict[str, object]) -> None:
    title = begun["titles"][0]  # type: ignore[index]
    site.ask(WITHDRAW, title=title)
    before = len(sink.received())
    assert until(lambda: site.ask(STATE, **_named(begun))["state"] == "paused", 30, pause=1)
    found = site.ask(STATE, **_named(begun))
    assert "withdrawn" in found["because"]
    assert len(sink.received()) - before <= 1, "at most the letter in hand"
    site.ask(GO_ON, title=title, **_named(begun))
    known = len(sink.received())
    assert until(lambda: len(sink.received()) > known + 5, 60)
    assert not any(title.encode() in letter.raw for letter in sink.received()[known + 1 :])
