"""What waits for somebody: the queues of the work list, each a question that lists and counts ask alike."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from stemsite.access import Action, Role, can, roles_of

from .models import Page, Schedule, SignOff

Draft, Public = Page.DraftState, Page.PublicState


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """``waits`` says which pages wait; ``mine`` which of them wait for this member of staff."""

    slug: str
    label: str
    waits: Callable[[], Q]
    mine: Callable[[Any], Q]
    alarm: bool = False


def _own(user: Any) -> Q:
    own = Q(created_by=user) | Q(keeper=user) | Q(deputy=user)
    return own | _nobodys() if Role.PUBLISHER in roles_of(user) else own


def _nobodys() -> Q:
    """Kept by an account that is no longer at work, with no deputy who is: every publisher's (PUB-55)."""
    return Q(keeper__is_active=False) & (Q(deputy=None) | Q(deputy__is_active=False))


def _written_by(user: Any) -> Q:
    """Their own, and those whose draft was last saved by ``user``: who edits a colleague's page goes on with it."""
    return _own(user) | Q(latest_version__created_by=user)


def _to_review_by(user: Any) -> Q:
    """Those asked of ``user``; for a reviewer also those asked of nobody by name."""
    asked = Q(reviewer=user)
    return asked | Q(reviewer=None) if Role.REVIEWER in roles_of(user) else asked


def _edited_since_live() -> Q:
    """Never published ones too, as they have no live version. An index holds just these (``page_edited``)."""
    return ~Q(latest_version=F("live_version"))


def _failed() -> Q:
    failures = Schedule.objects.filter(
        what=Schedule.What.PUBLISH, state=Schedule.State.FAILED, version=F("page__approved_version")
    )
    return Q(pk__in=failures.values("page"), draft_state=Draft.APPROVED)


def due_for_review(last: datetime.date) -> Q:
    """Live pages whose review is due on ``last`` or was before.

    From the first day there is: without one SQLite expects a quarter of all pages, and reads all instead.
    """
    return Q(public_state=Public.LIVE, review_due_on__range=(datetime.date.min, last))


def _overdue() -> Q:
    return due_for_review(timezone.localdate() - datetime.timedelta(days=1))


QUEUES: tuple[Queue, ...] = (
    Queue(slug="failed", label="Failed to publish at the set time", waits=_failed, mine=_own, alarm=True),
    Queue(
        slug="second-look",
        label="Published by force, second look wanted",
        waits=lambda: Q(forced_at__isnull=False),
        mine=lambda user: ~Q(forced_by=user) if can(user, Action.SECOND_LOOK) else Q(pk__in=()),
        alarm=True,
    ),
    Queue(
        slug="corrected",
        label="Correction to confirm",
        waits=lambda: Q(corrected_at__isnull=False),
        mine=lambda user: Q(live_version__corrects__in=SignOff.objects.filter(signed_by=user).values("version")),
    ),
    Queue(slug="review", label="To review", waits=lambda: Q(draft_state=Draft.IN_REVIEW), mine=_to_review_by),
    Queue(
        slug="changes", label="Changes wanted", waits=lambda: Q(draft_state=Draft.CHANGES_REQUESTED), mine=_written_by
    ),
    Queue(
        slug="approved",
        label="Approved, waiting to be published",
        waits=lambda: Q(draft_state=Draft.APPROVED),
        mine=_written_by,
    ),
    Queue(slug="scheduled", label="Scheduled", waits=lambda: Q(draft_state=Draft.SCHEDULED), mine=_written_by),
    Queue(
        slug="drafts",
        label="Drafts in work",
        waits=lambda: Q(draft_state=Draft.DRAFT) & _edited_since_live(),
        mine=_written_by,
    ),
    Queue(
        slug="overdue",
        label="Review overdue",
        waits=_overdue,
        mine=lambda user: _own(user) | Q(reviewer=user),
        alarm=True,
    ),
)


def queue(slug: str) -> Queue | None:
    return next((queue for queue in QUEUES if queue.slug == slug), None)


def waiting_for(user: Any, first: Queue, *others: Queue) -> QuerySet[Page, Any]:
    """Ids of the pages that wait for ``user`` in any of these queues: one part for each way of being theirs.

    Joined by "or", every page would be looked at with its people, versions and signatures.
    """
    waits: dict[Callable[[Any], Q], Q] = {}
    for each in (first, *others):
        waits[each.mine] = waits.get(each.mine, Q()) | each.waits()
    asked = [Page.objects.filter(some & mine(user)).values("pk") for mine, some in waits.items()]
    return asked[0].union(*asked[1:])


def counts(pages: QuerySet[Page], user: Any) -> dict[str, tuple[int, int]]:
    """Of each queue, how many of ``pages`` wait for ``user`` and how many wait in all: one query."""
    wanted = {}
    for each in QUEUES:
        wanted[f"{each.slug}_mine"] = Count("pk", filter=each.waits() & each.mine(user))
        wanted[f"{each.slug}_all"] = Count("pk", filter=each.waits())
    found = pages.aggregate(**wanted)
    return {each.slug: (found[f"{each.slug}_mine"], found[f"{each.slug}_all"]) for each in QUEUES}
