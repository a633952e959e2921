"""What is said again when nobody has acted: reviews that fall due, reviews asked for, corrections (PUB-48, PUB-123).

Every word has a reference of its own, so that each goes out once however often this runs.
"""

from __future__ import annotations

import datetime

from django.utils import timezone

from stemsite.access import Role
from stemsite.clinic.models import Clinic

from .models import Page, Transition
from .queues import due_for_review
from .steps import Verb
from .telling import holders, keepers_of, tell

AHEAD = (60, 30, 7)
CORRECTED_FOR = datetime.timedelta(days=7)


def remind() -> int:
    """Everything that is to be said today; returns how many pages were looked at."""
    today = timezone.localdate(timezone=Clinic.current().zone)
    return _reviews_due(today) + _reviews_asked_for() + _corrections()


def _reviews_due(today: datetime.date) -> int:
    """At 60, 30, 7 and 0 days, then weekly, to keeper and deputy of live pages; a new date begins anew (PUB-123)."""
    last = today + datetime.timedelta(days=max(AHEAD))
    pages = Page.objects.filter(due_for_review(last))
    seen = 0
    for page in pages.select_related("keeper", "deputy").order_by("pk").iterator(chunk_size=200):
        due_on = page.review_due_on
        if due_on is None:
            continue
        days = (due_on - today).days
        reference = f"{page.pk}-{due_on:%Y%m%d}-{stage(days)}"
        tell(keepers_of(page), "review_due", page, reference, due_on=due_on, days=days, late=-days)
        seen += 1
    return seen


def stage(days: int) -> str:
    """Which reminder it is, ``days`` before the day it is due."""
    ahead = [limit for limit in AHEAD if days <= limit]
    return str(min(ahead)) if days > 0 else f"late{-days // 7}"


def _reviews_asked_for() -> int:
    """Unanswered for the clinic's number of days: the reviewer again; as long again: the deputy as well (PUB-48)."""
    wait = datetime.timedelta(days=Clinic.current().answer_days)
    waiting = Page.objects.filter(draft_state=Page.DraftState.IN_REVIEW).select_related("reviewer", "keeper", "deputy")
    seen = 0
    for page in waiting.order_by("pk"):
        asked = page.transitions.filter(verb=Verb.SUBMIT).order_by("-at", "-pk").first()
        if asked is None or timezone.now() - asked.at < wait:
            continue
        seen += 1
        rounds = (timezone.now() - asked.at) // wait
        reviewer = page.reviewer if page.reviewer and page.reviewer.is_active else None
        people = [reviewer] if reviewer else holders(Role.REVIEWER)
        _still(page, asked, people, "first")
        if rounds > 1:
            deputy = page.deputy if page.deputy and page.deputy.is_active else None
            _still(page, asked, [deputy] if deputy else keepers_of(page), "deputy")
    return seen


def _still(page: Page, asked: Transition, people: list[object], which: str) -> None:
    since = timezone.localtime(asked.at).date()
    tell(people, "review_waits", page, f"{asked.pk}-{which}", since=since, by=str(asked.by))


def _corrections() -> int:
    """A correction nobody confirmed for 7 days, to the keeper, week by week (PUB-144)."""
    before = timezone.now() - CORRECTED_FOR
    waiting = Page.objects.filter(corrected_at__lte=before).select_related("keeper", "deputy", "corrected_by")
    for page in waiting:
        weeks = (timezone.now() - page.corrected_at) // CORRECTED_FOR  # type: ignore[operator]
        reference = f"{page.live_version_id}-week{weeks}"
        tell(keepers_of(page), "correction_waits", page, reference, by=str(page.corrected_by))
    return len(waiting)
