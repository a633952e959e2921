"""The sending of issues, a little at a time from the worker's mail lane: the list, the pace, the watch, the end."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from ..models import IssueRun
from . import workflow
from .counting import end_of_cancelled, is_all_settled, recount_if_due
from .listing import list_some
from .pacing import are_first_gone, let_go
from .steps import State
from .watching import reason_to_stop


def advance() -> int:
    """One turn for every issue on its way; returns how much was done. An idle turn is one read."""
    now = timezone.now()
    on_their_way = Q(issue__state=State.SENDING, starts_at__lte=now) | Q(issue__state=State.CANCELLED)
    runs = IssueRun.objects.filter(on_their_way, finished_at=None).select_related("issue__edition").order_by("pk")
    return sum(end_of_cancelled(run) if run.issue.state == State.CANCELLED else _advance(run) for run in runs)


def _advance(run: IssueRun) -> int:
    if because := reason_to_stop(run):
        return int(workflow.stop(run.issue, because=because))
    done = list_some(run) if run.listed_at is None else 0
    done += let_go(run)
    if are_first_gone(run):
        done += int(workflow.hold(run.issue))
    recount_if_due(run)
    if run.listed_at is not None and is_all_settled(run.issue):
        recount_if_due(run, at_once=True)
        done += int(workflow.finish(run.issue))
    return done
