"""What waits of leads and newsletter, beside what waits of the pages, on the staff site's first page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.urls import reverse

from leads.models import NewsletterIssue
from leads.pipeline.queues import QUEUES, numbers
from stemsite.access import Action, can
from stemsite.publishing.admin.work_queue import Column, Line


def with_leads(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """``context`` with a column of issues and one of people, each for those who may know of them."""
    columns = (*_of_issues(request), *_of_people(request))
    return {**context, "columns": (*context.get("columns", ()), *columns)} if columns else context


def _of_issues(request: HttpRequest) -> Iterator[Column]:
    """Issues that wait for an approval, or were stopped and wait for it once more (LEAD-75, LEAD-80)."""
    if not can(request.user, Action.APPROVE_ISSUES):
        return
    url = reverse("admin:leads_newsletterissue_changelist")
    state = NewsletterIssue.State
    lines = []
    for label, values, query in (
        ("Issues to approve", {"state": state.IN_REVIEW}, f"state__exact={quote(state.IN_REVIEW)}"),
        ("Issues that stopped and need a new approval", {"needs_approval": True}, "needs_approval__exact=1"),
    ):
        number = NewsletterIssue.objects.filter(**values).count()
        lines.append(Line(label=label, number=number, url=f"{url}?{query}", alarm=number > 0))
    held = NewsletterIssue.objects.filter(
        state=state.SENDING, run__held_at__isnull=False, run__continued_at=None
    ).count()
    lines.append(
        Line(
            label="Issues that wait after their first letters",
            number=held,
            url=f"{url}?state__exact={state.SENDING}",
            alarm=held > 0,
        )
    )
    yield Column(title="Newsletter", lines=tuple(lines))


def _of_people(request: HttpRequest) -> Iterator[Column]:
    if not can(request.user, Action.SEE_LEADS):
        return
    waiting, held = numbers(request.user)
    lines = [
        Line(
            label=queue.label,
            number=waiting[queue.slug].value,
            url=f"{reverse(f'admin:leads_{queue.table.slug}_changelist')}?queue={queue.slug}",
            alarm=queue.alarm and waiting[queue.slug].value > 0,
        )
        for queue in QUEUES
    ]
    lines.append(Line(label="In quarantine", number=held.value, url=reverse("admin:leads_quarantine"), alarm=False))
    yield Column(title="People who asked", lines=tuple(lines))
