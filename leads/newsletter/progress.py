"""How far an issue has come, in numbers and in words (LEAD-79)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from ..models import IssueRun, NewsletterIssue
from .counting import deferred
from .pacing import first_letters
from .steps import State

WANTED_BELOW, REFUSED_FROM = 0.001, 0.003
"""Shares of complaints in the rules of Gmail and Yahoo for who sends in bulk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    recipients: int
    settled: int
    lines: tuple[tuple[str, int], ...]
    """Words and number: waiting, sent, deferred, failed, suppressed, cancelled."""
    figures: tuple[tuple[str, int], ...]
    complaints: str
    """Their share beside the shares that large receivers allow; empty while nothing was sent (LEAD-120)."""
    is_listing: bool
    """The snapshot is still being made."""
    starts_at: datetime.datetime
    waits_to_start: bool
    rate: str
    ends_about: datetime.datetime | None
    finished_at: datetime.datetime | None
    is_moving: bool
    is_holding: bool
    """The first letters went; the rest waits for somebody."""
    first_only: int
    """How many these first letters are, where it begins with them; none otherwise."""


def progress_of(issue: NewsletterIssue) -> Progress | None:
    """None before anybody sent it. The counters are kept as letters go; only those tried and waiting are counted."""
    run = getattr(issue, "run", None)
    if run is None:
        return None
    tried = deferred(issue) if run.waiting else 0
    per_minute = _per_minute(run)
    return Progress(
        recipients=run.recipients,
        settled=run.settled,
        lines=(
            ("waiting", max(run.waiting - tried, 0)),
            ("sent", run.sent),
            ("deferred", tried),
            ("failed", run.failed),
            ("suppressed", run.suppressed),
            ("cancelled", run.cancelled),
        ),
        figures=(("came back", run.bounces), ("complaints", run.complaints), ("left the list", run.unsubscribes)),
        complaints=_complaints(run),
        is_listing=run.listed_at is None,
        starts_at=run.starts_at,
        waits_to_start=issue.state == State.SENDING and run.starts_at > timezone.now(),
        rate=f"about {per_minute:,.0f} letters a minute" if per_minute else "",
        ends_about=_ends_about(issue, run, per_minute),
        finished_at=run.finished_at,
        is_moving=issue.state == State.SENDING,
        is_holding=run.is_holding and issue.state == State.SENDING,
        first_only=first_letters(run.recipients) if run.first_only and run.continued_at is None else 0,
    )


def _complaints(run: IssueRun) -> str:
    if not run.sent:
        return ""
    share = run.complaints / run.sent
    if share >= REFUSED_FROM:
        where = "so many that letters are refused"
    elif share >= WANTED_BELOW:
        where = "too many"
    else:
        where = "as it should be"
    allowed = f"large receivers want less than {WANTED_BELOW:.2%} and never {REFUSED_FROM:.2%}"
    return f"Complaints are {share:.2%} of what was sent: {where}; {allowed}."


def _per_minute(run: IssueRun) -> float:
    """Since it began, up to the last letter that was taken."""
    if not run.sent or run.last_sent_at is None:
        return 0
    minutes = (run.last_sent_at - run.starts_at).total_seconds() / 60
    return run.sent / max(minutes, 1 / 60)


def _ends_about(issue: NewsletterIssue, run: IssueRun, per_minute: float) -> datetime.datetime | None:
    is_waiting = run.first_only and run.continued_at is None
    if issue.state != State.SENDING or is_waiting or run.listed_at is None or not per_minute or not run.waiting:
        return None
    return timezone.now() + datetime.timedelta(minutes=run.waiting / per_minute)
