"""The daily word to coordinators: links and counts, nobody's name, and nothing where nothing waits (LEAD-96, LEAD-106).

It is the alert for what nobody took in time, and says how much of quarantine is near its end (LEAD-27).
"""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from leads.models import Request
from leads.models.request import REQUESTS
from stemsite.access import Action, can
from stemsite.clinic.models import Clinic
from stemsite.mail.kinds import Built, Letter, NotAnyMore, register_builder
from stemsite.mail.models import Delivery
from stemsite.mail.outbox import queue_for, render

from .queues import QUEUES, numbers, privacy_requests
from .staff import coordinators

KIND = "leads_today"
FROM_HOUR = 8
"""On the clinic's clock: it lies there when the day begins."""

EMPTIED_AFTER = datetime.timedelta(days=30)
SOON = datetime.timedelta(days=7)
TOLD = ("new", "today", "overdue", "unassigned")


def tell_daily() -> int:
    """Queue today's word to each coordinator, once a day, when the clinic's morning has come."""
    now = timezone.now().astimezone(Clinic.current().zone)
    if now.hour < FROM_HOUR:
        return 0
    staff = [user for user in coordinators() if lines_for(user)]
    for user in staff:
        queue_for(KIND, f"{user.pk}-{now:%Y-%m-%d}", recipient=user.email)
    return len(staff)


def lines_for(user: Any) -> list[tuple[str, int, str]]:
    """What waits, how many, and where; queues in which nothing waits are left out."""
    waiting, held = numbers(user)
    base = f"{settings.SITE_URL}/admin/leads"
    found = [
        (queue.label, waiting[queue.slug].value, f"{base}/{queue.table.slug}/?queue={queue.slug}")
        for queue in QUEUES
        if queue.slug in TOLD
    ]
    found.append(("In quarantine", held.value, f"{base}/contact/quarantine/"))
    found.append(("In quarantine, emptied within a week", ending_soon(), f"{base}/contact/quarantine/"))
    found.append(("Asked to see or erase their data", privacy_requests().count(), f"{base}/contact/rights/"))
    return [line for line in found if line[1]]


def ending_soon() -> int:
    before = timezone.now() - EMPTIED_AFTER + SOON
    held = {"standing": Request.Standing.QUARANTINED, "emptied_at": None, "created_at__lt": before}
    return sum(model._default_manager.filter(**held).count() for model in REQUESTS)


def build(delivery: Delivery) -> Built:
    user = get_user_model()._default_manager.filter(pk=int(delivery.reference.partition("-")[0])).first()
    if user is None or not can(user, Action.SEE_LEADS):
        return NotAnyMore(reason="This person does not work with enquiries.", outcome="suppressed")
    lines = lines_for(user)
    if not lines:
        return NotAnyMore(reason="Nothing waits any more.")
    subject, text, html = render(KIND, {"lines": lines})
    return Letter(to=(str(user), user.email), subject=subject, text=text, html=html)


def sample() -> Letter:
    lines = [("New", 2, f"{settings.SITE_URL}/admin/leads/enquiry/?queue=new")]
    subject, text, html = render(KIND, {"lines": lines})
    return Letter(to=("Sample Coordinator", "sample@example.org"), subject=subject, text=text, html=html)


def register() -> None:
    register_builder(KIND, build, label="Staff: what waits today", sample=sample, for_staff=True)
