"""How fast letters are let go: so many a second, an hour and a day (LEAD-78).

A letter that was not let go is due in a far year. What is let go is spaced, so a second never has more than its share.
"""

from __future__ import annotations

import datetime
import math

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from stemsite.mail.models import Delivery

from ..models import IssueRun, NewsletterIssue, PacedMinute
from .listing import NOT_YET

AHEAD = datetime.timedelta(seconds=2)
"""For how long letters are let go in advance; a pause takes effect on them all the same."""

AT_ONCE = 60
"""Letters that wait for the sender where nothing limits them."""

AT_ONCE_SPACED = 20
"""Where each letter has its own moment, and so its own statement."""

FIRST = 0.01
"""The share of an issue that goes first where somebody wants to look before the rest (LEAD-76)."""

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


def let_go(run: IssueRun) -> int:
    """Let the next letters go, as many as the limits have room for."""
    now = timezone.now()
    number = room_for(run, now)
    if number <= 0:
        return 0
    later = Delivery.objects.filter(batch=run.issue.batch, pk__gt=run.released_up_to)
    chosen = list(later.order_by("pk").values_list("pk", flat=True)[:number])
    if not chosen:
        return 0
    gap = datetime.timedelta(seconds=1 / run.issue.per_second) if run.issue.per_second else datetime.timedelta()
    begin = max(now, run.paced_until or now)
    with transaction.atomic():
        mine = IssueRun.objects.filter(pk=run.pk, released_up_to=run.released_up_to)
        if not mine.update(released_up_to=chosen[-1], paced_until=begin + gap * len(chosen)):
            return 0
        _write_due(chosen, begin, gap)
        minute, _ = PacedMinute.objects.get_or_create(minute=now.replace(second=0, microsecond=0))
        PacedMinute.objects.filter(pk=minute.pk).update(number=F("number") + len(chosen))
    run.released_up_to = chosen[-1]
    return len(chosen)


def _write_due(chosen: list[int], begin: datetime.datetime, gap: datetime.timedelta) -> None:
    waiting = Delivery.objects.filter(state=Delivery.State.QUEUED, due_at=NOT_YET)
    if not gap:
        waiting.filter(pk__in=chosen).update(due_at=begin)
        return
    for place, pk in enumerate(chosen):
        waiting.filter(pk=pk).update(due_at=begin + gap * place)


def room_for(run: IssueRun, now: datetime.datetime) -> int:
    """How many letters may be let go now."""
    issue = run.issue
    rooms = [_room_of_moment(run, now)]
    if run.first_only and run.continued_at is None:
        rooms.append(_room_of_first(run))
    if issue.per_hour:
        rooms.append(issue.per_hour - let_go_since(now - HOUR))
    if issue.per_day:
        rooms.append(issue.per_day - let_go_since(now - DAY))
    return min(rooms)


def first_letters(recipients: int) -> int:
    """One in a hundred, and one at least."""
    return max(math.ceil(recipients * FIRST), 1)


def _room_of_first(run: IssueRun) -> int:
    """What is left of the first letters; none before the list is whole, as nobody knows yet how many these are."""
    if run.listed_at is None:
        return 0
    return first_letters(run.recipients) - _let_go(run)


def _let_go(run: IssueRun) -> int:
    return Delivery.objects.filter(batch=run.issue.batch, pk__lte=run.released_up_to).count()


def are_first_gone(run: IssueRun) -> bool:
    """The first letters were let go, and there are others: it is time to hold."""
    is_asked = run.first_only and run.held_at is None and run.listed_at is not None
    return is_asked and first_letters(run.recipients) < run.recipients and _room_of_first(run) <= 0


def _room_of_moment(run: IssueRun, now: datetime.datetime) -> int:
    issue: NewsletterIssue = run.issue
    if issue.per_second:
        ahead = now + AHEAD - max(now, run.paced_until or now)
        return min(int(ahead.total_seconds() * issue.per_second), AT_ONCE_SPACED)
    waiting = Delivery.objects.filter(state=Delivery.State.QUEUED, priority__lt=0, due_at__lte=now)
    return AT_ONCE - waiting.count()


def let_go_since(moment: datetime.datetime) -> int:
    """Letters of all issues let go since ``moment``; the minute in which it lies counts wholly."""
    begin = moment.replace(second=0, microsecond=0)
    return PacedMinute.objects.filter(minute__gte=begin).aggregate(all=Sum("number"))["all"] or 0


def forget_old() -> int:
    gone, _ = PacedMinute.objects.filter(minute__lt=timezone.now() - 2 * DAY).delete()
    return gone
