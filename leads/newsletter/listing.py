"""The snapshot: who was on the list when an issue started, as one letter each, in short transactions (LEAD-77)."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from stemsite.mail.outbox import queue_many
from stemsite.mail.suppressing import suppressed_among

from ..models import IssueRun, NewsletterIssue, Subscription
from . import workflow
from .delivering import KIND, reference

CHUNK = 50
"""People in one transaction, at most."""

FIRST_CHUNK = 10
AIM = 0.015
"""Seconds of work that a transaction may hold the database for; how many people that is, each machine shows."""

CHUNKS = 8
"""In one turn; between turns the lane sends what else is due."""

NOT_YET = datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)
"""When a letter is due that was not let go yet."""


@dataclass(slots=True)
class Size:
    """Of the next chunk: twice as many at most, fewer at once where the last took long."""

    number: int = FIRST_CHUNK

    def learn(self, seconds: float) -> None:
        fitting = int(self.number * AIM / max(seconds, 0.0001))
        self.number = max(1, min(fitting, self.number * 2, CHUNK))


def list_some(run: IssueRun) -> int:
    """Some chunks of the snapshot; how many people were looked at."""
    looked_at, size = 0, Size(min(FIRST_CHUNK, CHUNK))
    for _ in range(CHUNKS):
        found = _list_chunk(run, size)
        looked_at += found
        if run.listed_at is not None or not found:
            break
    return looked_at


def _list_chunk(run: IssueRun, size: Size) -> int:
    """The next people on the list. The place in the list and their letters are one commit: none twice, none missed."""
    on_list = Subscription.objects.to_be_mailed().filter(confirmed_at__lte=run.starts_at, pk__gt=run.listed_up_to)
    rows = list(on_list.select_related("contact").order_by("pk")[: size.number])
    chosen = _chosen(run.issue, rows)
    letters = [(reference(run.issue, row.contact_id), row.contact.email) for row in chosen]
    last = rows[-1].pk if rows else run.listed_up_to
    is_over = len(rows) < size.number
    with transaction.atomic():
        began = time.perf_counter()
        # First, so that parallel workers queue up here and letters are numbered in the order of their commits.
        mine = IssueRun.objects.filter(pk=run.pk, listed_up_to=run.listed_up_to, listed_at=None)
        values = {"listed_at": timezone.now()} if is_over else {}
        if not mine.update(listed_up_to=last, recipients=F("recipients") + len(chosen), **values):
            return 0  # Another worker was first, or it was recalled in this very moment.
        if not run.listed_up_to:
            workflow.show_anew(run.issue)
        queue_many(KIND, letters, batch=run.issue.batch, due_at=NOT_YET, is_sample=run.issue.is_sample)
        size.learn(time.perf_counter() - began)
    run.listed_up_to, run.listed_at = last, values.get("listed_at")
    return len(rows)


def _chosen(issue: NewsletterIssue, rows: Iterable[Subscription]) -> list[Subscription]:
    """Those it is for: reachable, not suppressed, and of its topics."""
    wanted = [row for row in rows if row.contact.email and not row.contact.is_erased and is_for(issue, row.topics)]
    suppressed = suppressed_among(row.contact.email for row in wanted)
    return [row for row in wanted if row.contact.email not in suppressed]


def is_for(issue: NewsletterIssue, topics: Iterable[str]) -> bool:
    """Whether an issue is for a reader of ``topics``: who chose none gets every issue."""
    chosen, about = set(topics), set(issue.topics)
    return not about or not chosen or bool(chosen & about)
