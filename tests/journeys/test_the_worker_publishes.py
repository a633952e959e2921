"""A schedule falls due on a running site: nobody visits, nobody is logged in, and the worker may have been killed."""

from __future__ import annotations

import os
import signal
import time
import urllib.request

import pytest

from tests.browser.example_site import Site

pytestmark = [pytest.mark.race, pytest.mark.slow]

SCHEDULE = """
import datetime
from django.utils import timezone
from articles.models import Article
from stemsite.accounts.models import User
from stemsite.publishing import scheduling, workflow
from stemsite.tasks.models import Heartbeat
editor = User.objects.get(email="editor@example.org")
page = Article.objects.get(slug="privacy")
page.summary = "{summary}"
page.save()
workflow.saved(page, by=editor)
page.refresh_from_db()
due_at = timezone.now() + datetime.timedelta(seconds=3)
scheduling.schedule_publish(page, by=editor, due_at=due_at, change="minor")
print(Heartbeat.objects.order_by("-seen_at").first().worker.rpartition("-")[2])
"""

OUTCOME = """
from stemsite.publishing.models import Schedule
print([(s.state, s.version_id == s.page.live_version_id) for s in Schedule.objects.filter(page__slug="privacy")][-1:])
"""


def schedule(site: Site, summary: str) -> int:
    """Schedule the privacy page with ``summary``, due in three seconds; returns the worker's process id."""
    return int(site.manage("shell", "--no-imports", "-c", SCHEDULE.format(summary=summary)).split()[-1])


def is_live(site: Site, summary: str, within: float) -> bool:
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        with urllib.request.urlopen(f"{site.url}/privacy/") as answer:
            if summary in answer.read().decode():
                return True
        time.sleep(0.5)
    return False


def test_pub_60_a_scheduled_page_goes_live_by_the_worker_alone(example_site: Site):
    """PUB-60: within 60 seconds of its time."""
    summary = "What this site keeps about you: nothing, unless you write to us."
    schedule(example_site, summary)
    assert not is_live(example_site, summary, within=0.1)
    assert is_live(example_site, summary, within=60)
    assert example_site.manage("shell", "--no-imports", "-c", OUTCOME).strip() == "[('done', True)]"


def test_pub_62_a_killed_worker_publishes_after_its_restart(example_site: Site):
    """PUB-62: what fell due while no worker was there is done once by the next one."""
    summary = "What this site keeps about you, and for how long: nothing at all."
    worker = schedule(example_site, summary)
    os.kill(worker, signal.SIGKILL)
    assert is_live(example_site, summary, within=60)
    assert example_site.manage("shell", "--no-imports", "-c", OUTCOME).strip() == "[('done', True)]"
