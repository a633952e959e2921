"""When an issue stops by itself: errors in a row, bounces, complaints, or content that no longer stands (LEAD-80)."""

from __future__ import annotations

from stemsite.mail.models import Delivery

from ..models import IssueRun
from .standing import what_moved

ERRORS_IN_ROW = 20
MOST_BOUNCES = 0.05
MOST_COMPLAINTS = 0.001
ENOUGH = 200
"""Letters handed over before shares say anything."""

NOT_THE_LETTERS = ("unreachable", "our fault")
"""Verdicts about the mail server as a whole: the mail lane waits for it by itself (LEAD-61)."""


def reason_to_stop(run: IssueRun) -> str:
    """Why the issue must not go on; empty while all is well."""
    edition = run.issue.edition
    if edition is None:
        return "It has no edition to send."
    return what_moved(edition, since=run.stands_since) or _errors(run) or _shares(run)


def _errors(run: IssueRun) -> str:
    """Tries since the last letter that was taken: those that failed for good, and those that will be tried again."""
    tried = Delivery.objects.filter(
        batch=run.issue.batch, state=Delivery.State.QUEUED, attempts__gt=0, started_at__gte=run.stands_since
    ).exclude(verdict__in=NOT_THE_LETTERS)
    if run.last_sent_at is not None:
        tried = tried.filter(started_at__gt=run.last_sent_at)
    in_row = run.errors_in_row + tried.exclude(last_error="").count()
    return f"{in_row} errors in a row." if in_row >= ERRORS_IN_ROW else ""


def _shares(run: IssueRun) -> str:
    handed_over = run.sent + run.failed
    if handed_over < ENOUGH:
        return ""
    if run.bounces > handed_over * MOST_BOUNCES:
        return f"{run.bounces} of {handed_over} letters came back: more than {MOST_BOUNCES:.0%}."
    if run.complaints > handed_over * MOST_COMPLAINTS:
        return f"{run.complaints} of {handed_over} readers called it unwanted: more than {MOST_COMPLAINTS:.1%}."
    return ""
