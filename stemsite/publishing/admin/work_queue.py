"""The staff site's first page: what waits for you, what waits in the house, and whether the worker is at work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from stemsite.access import Action, can
from stemsite.tasks import worker

from ..models import Notice, Page
from ..queues import QUEUES, Queue, counts
from ..watching import Line, lines_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    title: str
    lines: tuple[Line, ...]

    @property
    def waiting(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.number)

    @property
    def empty(self) -> tuple[Line, ...]:
        """What stands behind one line that opens, so that what waits is seen at once."""
        return tuple(line for line in self.lines if not line.number)


def work_queue(request: HttpRequest) -> dict[str, Any]:
    """Two columns for whoever sees drafts; each number leads to exactly the rows it counts (PUB-66)."""
    seen = worker.last_seen()
    context: dict[str, Any] = {
        "worker_seen_at": seen,
        "worker_is_silent": worker.is_silent(),
        "watched": Column(title="Looking after the site", lines=tuple(lines_for(request.user))),
        "unread": Notice.objects.unread().filter(user_id=request.user.pk).count(),
    }
    if not can(request.user, Action.VIEW):
        return context
    found = counts(Page.objects.visible_to(request.user).at_hand(), request.user)
    context["columns"] = (
        Column(title="For you", lines=tuple(_line(each, found[each.slug][0], whose="mine") for each in QUEUES)),
        Column(title="In the house", lines=tuple(_line(each, found[each.slug][1]) for each in QUEUES)),
    )
    context["to_sign"] = found["review"][0] if can(request.user, Action.SIGN) else 0
    context["may_create"] = can(request.user, Action.CREATE)
    context["may_see_reports"] = can(request.user, Action.SEE_LIBRARY)
    return context


def _line(queue: Queue, number: int, **more: str) -> Line:
    query = urlencode({"queue": queue.slug, **more})
    url = f"{reverse('admin:publishing_page_changelist')}?{query}"
    return Line(label=queue.label, number=number, url=url, alarm=queue.alarm and number > 0)
