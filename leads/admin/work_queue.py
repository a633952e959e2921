"""What waits of the leads, beside what waits of the pages, on the staff site's first page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from leads.pipeline.queues import QUEUES, numbers
from stemsite.access import Action, can
from stemsite.publishing.admin.work_queue import Column, Line


def with_leads(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """``context`` with a column of people, for those who may know that there are any."""
    if not can(request.user, Action.SEE_LEADS):
        return context
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
    return {**context, "columns": (*context.get("columns", ()), Column(title="People who asked", lines=tuple(lines)))}
