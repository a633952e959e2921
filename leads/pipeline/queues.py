"""What waits for somebody: each queue is a question that the number and the list ask alike (LEAD-96)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from leads.models import Enquiry, PrivacyRequest, Subscription
from leads.models.request import REQUESTS, Request

from .tables import ENQUIRIES, PENDING, Table

Status = Enquiry.Status

OPEN = tuple(status for status in Status if status not in Enquiry.OVER)

MOST = 1000
"""A number beyond this is said to be more: nobody works by it, and it is not worth counting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    slug: str
    label: str
    empty: str
    """What is said where nothing waits."""
    table: Table
    waits: Callable[[Any], Q]
    alarm: bool = False

    def rows(self, user: Any) -> QuerySet[Any]:
        return self.table.rows().filter(self.waits(user))


def _mine_today(user: Any) -> Q:
    return Q(assignee=user, follow_up_on__lte=timezone.localdate(), status__in=OPEN)


def _mine(user: Any) -> Q:
    return Q(assignee=user, status__in=OPEN)


def _overdue(user: Any) -> Q:
    return Q(follow_up_on__lt=timezone.localdate(), status__in=OPEN)


def _unassigned(user: Any) -> Q:
    return Q(status=Status.NEW, assignee=None, created_at__lt=too_long_ago())


def too_long_ago() -> datetime.datetime:
    return timezone.now() - datetime.timedelta(hours=settings.LEADS_UNASSIGNED_HOURS)


NEW = Queue(
    slug="new",
    label="New",
    empty="Nobody waits for a first answer.",
    table=ENQUIRIES,
    waits=lambda user: Q(status=Status.NEW),
)
QUEUES: tuple[Queue, ...] = (
    NEW,
    Queue(
        slug="today",
        label="Mine, due today",
        empty="Nothing of yours is due today.",
        table=ENQUIRIES,
        waits=_mine_today,
    ),
    Queue(slug="mine", label="Mine, open", empty="No open enquiry is yours.", table=ENQUIRIES, waits=_mine),
    Queue(
        slug="overdue",
        label="Follow-up overdue",
        empty="No follow-up is overdue.",
        table=ENQUIRIES,
        waits=_overdue,
        alarm=True,
    ),
    Queue(
        slug="unassigned",
        label="Nobody's for too long",
        empty="Every new enquiry has been taken in time.",
        table=ENQUIRIES,
        waits=_unassigned,
        alarm=True,
    ),
    Queue(
        slug="unconfirmed",
        label="Newsletter, not confirmed yet",
        empty="Nobody still has to confirm the newsletter.",
        table=PENDING,
        waits=lambda user: Q(state=Subscription.State.PENDING),
    ),
)


def queue_named(slug: str) -> Queue | None:
    return next((queue for queue in QUEUES if queue.slug == slug), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How many wait, counted no further than is useful."""

    value: int

    @property
    def words(self) -> str:
        return f"{MOST - 1:,}+" if self.value >= MOST else f"{self.value:,}"


def numbers_of(queues: Sequence[QuerySet[Any]]) -> list[Number]:
    """All numbers by one query, each looking at no more than ``MOST`` rows of an index (LEAD-131)."""
    parts = [rows.order_by().values("pk")[:MOST].query.sql_with_params() for rows in queues]
    counted = ", ".join(f"(SELECT count(*) FROM ({sql}) AS part{place})" for place, (sql, _) in enumerate(parts))  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted}", [value for _, values in parts for value in values])
        return [Number(value=value) for value in cursor.fetchone()]


def quarantined() -> list[QuerySet[Request]]:
    """The requests in quarantine, form by form."""
    return [
        model._default_manager.filter(standing=Request.Standing.QUARANTINED, emptied_at=None).select_related("contact")
        for model in REQUESTS
    ]


def numbers(user: Any) -> tuple[dict[str, Number], Number]:
    """How many wait in each queue, by its slug, and how many requests lie in quarantine."""
    found = numbers_of([*(queue.rows(user) for queue in QUEUES), *quarantined()])
    waiting, held = found[: len(QUEUES)], found[len(QUEUES) :]
    by_slug = {queue.slug: number for queue, number in zip(QUEUES, waiting, strict=True)}
    return by_slug, Number(value=min(sum(number.value for number in held), MOST))


def privacy_requests() -> QuerySet[PrivacyRequest]:
    """What people asked for under their rights and nobody has done yet, the most urgent first (LEAD-116)."""
    return PrivacyRequest.objects.filter(done_at=None).select_related("contact").order_by("due_on", "pk")
