"""What staff are told about an issue by mail; counts and links, never a recipient."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from stemsite.access import Action, Role, can
from stemsite.mail.outbox import queue
from stemsite.mail.samples import Samples

from ..models import IssueStep, NewsletterIssue
from .steps import Verb

_ISSUE = {"issue_subject": "What is new this month", "by": "Sam Sample"}
SAMPLES: Samples = {
    "issue_submitted": ("Newsletter: approval is wanted", {**_ISSUE, "note": "The second card is new."}),
    "issue_sent_back": ("Newsletter: sent back", {**_ISSUE, "note": "The first line promises too much."}),
    "issue_approved": ("Newsletter: approved", _ISSUE),
    "issue_held": ("Newsletter: the first letters went out", _ISSUE),
    "issue_stopped": ("Newsletter: stopped by itself", {**_ISSUE, "note": "A page in it was withdrawn."}),
}

logger = logging.getLogger(__name__)


def approval_wanted(issue: NewsletterIssue, step: IssueStep, *, by: Any) -> None:
    """To everybody who may approve, but for the sender."""
    _tell((user for user in _staff() if can(user, Action.APPROVE_ISSUES)), "issue_submitted", issue, step, but=by)


def sent_back(issue: NewsletterIssue, step: IssueStep, *, by: Any) -> None:
    _tell(_writers(issue), "issue_sent_back", issue, step, but=by)


def approved(issue: NewsletterIssue, step: IssueStep, *, by: Any) -> None:
    _tell(_writers(issue), "issue_approved", issue, step, but=by)


def stopped(issue: NewsletterIssue, step: IssueStep) -> None:
    """An alert in the log at once, and a letter to whoever started it and to all who may let it go on (LEAD-80)."""
    facts = {"issue": issue.pk, "reason": step.note}
    logger.error("newsletter alert: an issue stopped by itself", extra={"facts": facts})
    _tell(_senders(issue), "issue_stopped", issue, step, but=None)


def held(issue: NewsletterIssue, step: IssueStep) -> None:
    """To the same people: the rest waits for one of them (LEAD-76)."""
    _tell(_senders(issue), "issue_held", issue, step, but=None)


def _senders(issue: NewsletterIssue) -> Iterable[Any]:
    starters = (each.by for each in issue.steps.filter(verb=Verb.START).select_related("by") if each.by is not None)
    able = (user for user in _staff() if can(user, Action.SEND_ISSUES))
    return (*starters, *able)


def _writers(issue: NewsletterIssue) -> Iterable[Any]:
    return filter(None, (issue.created_by, issue.saved_by))


def _staff() -> Iterable[Any]:
    users = get_user_model().objects.filter(
        is_active=True, is_staff=True, groups__name__in=[role.value for role in Role]
    )
    return users.distinct().order_by("pk")


def _tell(people: Iterable[Any], kind: str, issue: NewsletterIssue, step: IssueStep, *, but: Any) -> None:
    url = f"{settings.SITE_URL}{reverse('admin:leads_newsletterissue_sending', args=[issue.pk])}"
    chosen = {user.pk: user for user in people if user.is_active and (but is None or user.pk != but.pk)}
    for user in chosen.values():
        context = {"issue_subject": issue.subject, "by": str(step.by or ""), "note": step.note, "url": url}
        queue(kind, to=user.email, reference=f"{step.pk}-{user.pk}", context=context, is_sample=issue.is_sample)
