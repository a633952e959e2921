"""Many more requests than usual: told to coordinators once a day and form, by counts (LEAD-33)."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from leads.models import Request
from leads.models.request import REQUESTS
from stemsite.access import Action, can
from stemsite.mail.kinds import Built, Letter, NotAnyMore, register_builder
from stemsite.mail.models import Delivery
from stemsite.mail.outbox import queue_for, render

from .staff import coordinators

KIND = "burst"
TIMES = 10
LEAST = 20
"""Fewer an hour are no burst, however quiet a site usually is."""

HOUR = datetime.timedelta(hours=1)
USUAL = datetime.timedelta(days=28)
LOOKED_AT = 500
"""Of the newest rows, opened to see which page they come from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    form: str
    number: int
    usual: float
    """Requests in a usual hour."""
    quarantined: int
    page: str

    @property
    def share(self) -> int:
        return round(100 * self.quarantined / self.number)


def burst_of(model: type[Request]) -> Burst | None:
    """The last hour of one form, where it brought far more than an hour of the four weeks before."""
    since = timezone.now() - HOUR
    rows = model._default_manager.filter(created_at__gte=since)
    number = rows.count()
    if number < LEAST:
        return None
    before = model._default_manager.filter(created_at__gte=since - USUAL, created_at__lt=since)
    usual = before.count() / (USUAL / HOUR)
    if number < TIMES * usual:
        return None
    sources = rows.order_by("-created_at").values_list("source", flat=True)[:LOOKED_AT]
    pages = Counter(source["page"] for source in sources if isinstance(source, dict) and source.get("page"))
    page = pages.most_common(1)[0][0] if pages else ""
    held = rows.filter(standing=Request.Standing.QUARANTINED).count()
    return Burst(form=model.FORM, number=number, usual=usual, quarantined=held, page=page)


def watch() -> int:
    """Queue the word on each burst; for one form and day it is one letter to each, however long it lasts."""
    told = 0
    for model in REQUESTS:
        if burst_of(model) is None:
            continue
        for user in coordinators():
            queue_for(KIND, f"{user.pk}-{model.CODE}-{timezone.localdate():%Y%m%d}", recipient=user.email)
            told += 1
    return told


def build(delivery: Delivery) -> Built:
    number, code, _ = delivery.reference.split("-", 2)
    user = get_user_model()._default_manager.filter(pk=int(number)).first()
    if user is None or not can(user, Action.SEE_LEADS):
        return NotAnyMore(reason="This person does not work with enquiries.", outcome="suppressed")
    found = next((burst_of(model) for model in REQUESTS if code == model.CODE), None)
    if found is None:
        return NotAnyMore(reason="It is over.")
    return _letter(found, to=(str(user), user.email))


def _letter(found: Burst, *, to: tuple[str, str]) -> Letter:
    url = f"{settings.SITE_URL}/admin/leads/contact/quarantine/"
    subject, text, html = render(KIND, {"burst": found, "usual": f"{found.usual:.1f}", "url": url})
    return Letter(to=to, subject=subject, text=text, html=html)


def sample() -> Letter:
    found = Burst(form="newsletter", number=120, usual=1.5, quarantined=90, page="/blog/")
    return _letter(found, to=("Sample Coordinator", "sample@example.org"))


def register() -> None:
    register_builder(KIND, build, label="Staff: many more requests than usual", sample=sample, for_staff=True)
