"""What should not be: requests without an outcome, people without consent, letters that never went (LEAD-105)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from leads.models import Consent, Contact, Enquiry, PacketRequest
from stemsite.mail.models import Delivery

from .queues import OPEN

SLOW = datetime.timedelta(days=30)
UNSENT = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    key: str
    title: str
    advice: str
    rows: Callable[[], QuerySet[Any]]
    is_letter: bool = False


def _stalled() -> QuerySet[Any]:
    old = timezone.now() - SLOW
    rows = Enquiry.objects.let_through().filter(status__in=OPEN, follow_up_on=None, created_at__lt=old, emptied_at=None)
    return rows.select_related("contact").order_by("created_at")


def _without_consent() -> QuerySet[Any]:
    """Whom we keep although nothing they asked for is kept any more and they allow nothing."""
    reasons: list[QuerySet[Any]] = [Consent.objects.allowing()]
    reasons += [model._default_manager.filter(emptied_at=None) for model in (Enquiry, PacketRequest)]
    none = [
        ~Exists(rows.filter(**{who: OuterRef("pk")})) for rows in reasons for who in ("contact", "contact__joined_to")
    ]
    return Contact.objects.filter(*none, erased_at=None, joined_to=None).order_by("created_at")


def _unsent() -> QuerySet[Any]:
    old = timezone.now() - UNSENT
    rows = PacketRequest.objects.let_through().filter(sent_at=None, created_at__lt=old, emptied_at=None)
    return rows.select_related("contact").order_by("created_at")


LACKS: tuple[Lack, ...] = (
    Lack(
        key="stalled",
        title="Open for a month, and nothing planned",
        advice="Plan a follow-up, or close the enquiry with its reason.",
        rows=_stalled,
    ),
    Lack(
        key="unsent",
        title="Asked for a packet a day ago, and none was sent",
        advice="Look at the letter in the person's timeline.",
        rows=_unsent,
    ),
    Lack(
        key="failed",
        title="Letters that failed",
        advice="Open a letter to see why, and try it again when the cause is mended.",
        rows=lambda: Delivery.objects.filter(state=Delivery.State.FAILED).order_by("-finished_at"),
        is_letter=True,
    ),
    Lack(
        key="consent",
        title="Kept without a reason",
        advice="These people allow nothing now, and nothing they asked for is kept. Erase them, or ask.",
        rows=_without_consent,
    ),
)
