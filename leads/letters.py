"""Letters to people who asked, and the word to staff that somebody did. Neutral words: none names a condition.

Each is queued with the request it answers and written when it is sent, from what is true then (LEAD-54, LEAD-57).
"""

from __future__ import annotations

import datetime
import uuid
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from stemsite.access import Action, Role, can
from stemsite.clinic.models import Clinic
from stemsite.crypto import index_values
from stemsite.mail.kinds import Built, Letter, NotAnyMore, register_builder
from stemsite.mail.models import Delivery
from stemsite.mail.outbox import queue_for, render

from . import links
from .models import Contact, Enquiry, Request, StaffNotices, Subscription, TimelineEntry
from .models.request import request_of
from .models.timeline import note

UNSOLICITED = ("confirm", "already_subscribed", "receipt", "way_on", "link")
"""Anybody can make these go to any address, so an address gets few of them (LEAD-34)."""

MOST_A_DAY = 3
NOTICE_EVERY = 60
"""Seconds: enquiries that come together are one word to staff."""


def send(kind: str, request: Request) -> bool:
    """Queue the letter ``kind`` for ``request``, unless its address got enough today; then staff see the mark."""
    contact = request.contact
    if not may_mail(contact.email, kind):
        request.signals = [*request.signals, "mail limit"]
        request.save(update_fields=["signals"])
        return False
    queue_for(kind, request.reference, recipient=contact.email, is_sample=request.is_sample)
    return True


def may_mail(address: str, kind: str) -> bool:
    """The packet counts by itself, every letter that strangers can cause together."""
    kinds = UNSOLICITED if kind in UNSOLICITED else (kind,)
    since = timezone.now() - datetime.timedelta(hours=24)
    queued = Delivery.objects.filter(
        kind__in=kinds, recipient_index__in=index_values("email", address), queued_at__gt=since
    )
    return queued.count() < MOST_A_DAY


@transaction.atomic
def send_link(address: str) -> bool:
    """“Send it again”: links to whoever has this address, if we know anybody by it."""
    contact = Contact.objects.select_for_update().with_email(address).filter(erased_at=None).first()
    if contact is None or not may_mail(contact.email, "link"):
        return False
    queue_for("link", f"{contact.pk}-{uuid.uuid4().hex[:12]}", recipient=contact.email, is_sample=contact.is_sample)
    return True


def tell_staff(*, is_sample: bool = False) -> None:
    """One word within a minute to each who answers enquiries, however many came; not to who chose the mornings."""
    turn = int(timezone.now().timestamp()) // NOTICE_EVERY + 1
    due_at = datetime.datetime.fromtimestamp(turn * NOTICE_EVERY, datetime.UTC)
    roles = (Role.COORDINATOR.value, Role.OWNER.value)
    staff = get_user_model().objects.filter(is_active=True, is_staff=True, groups__name__in=roles).distinct()
    for user in staff.exclude(lead_notices__enquiries=StaffNotices.Enquiries.DAILY):
        queue_for("new_enquiry", f"{user.pk}-{turn}", recipient=user.email, due_at=due_at, is_sample=is_sample)


# -- builders ---------------------------------------------------------------------------


def confirm(delivery: Delivery) -> Built:
    contact = _reachable(delivery)
    waiting = contact.subscriptions.filter(state=Subscription.State.PENDING).first() if contact else None
    if contact is None or waiting is None:
        return NotAnyMore(reason="Nothing is waiting for confirmation.")
    return _letter("confirm", contact, url=links.confirm_url(waiting), days=7)


def already_subscribed(delivery: Delivery) -> Built:
    contact = _reachable(delivery)
    found = contact.subscriptions.confirmed().first() if contact else None
    if contact is None or found is None:
        return NotAnyMore(reason="Not on the list any more.")
    return _letter("already_subscribed", contact, url=links.leave_url(found))


def receipt(delivery: Delivery) -> Built:
    contact = _reachable(delivery)
    if contact is None:
        return NotAnyMore(reason="The person is not here any more.")
    return _letter("receipt", contact, answers_within=Clinic.current().answers_within)


def way_on(delivery: Delivery) -> Built:
    request = request_of(delivery.reference)
    contact = _reachable(delivery)
    if contact is None or request is None or request.standing != Request.Standing.HELD:
        return NotAnyMore(reason="The request does not wait any more.")
    return _letter("way_on", contact, url=links.way_on_url(request), days=7)


def link(delivery: Delivery) -> Built:
    contact = Contact.objects.filter(pk=int(delivery.reference.partition("-")[0])).first()
    if contact is None or contact.is_erased or not contact.email:
        return NotAnyMore(reason="The person is not here any more.")
    waiting = contact.subscriptions.filter(state=Subscription.State.PENDING).first()
    return _letter("link", contact, confirm=links.confirm_url(waiting) if waiting else "")


def new_enquiry(delivery: Delivery) -> Built:
    user = get_user_model().objects.filter(pk=int(delivery.reference.partition("-")[0])).first()
    if user is None or not can(user, Action.SEE_LEADS):
        return NotAnyMore(reason="This person does not answer enquiries.", outcome="suppressed")
    new = Enquiry.objects.let_through().filter(status=Enquiry.Status.NEW, emptied_at=None).count()
    if not new:
        return NotAnyMore(reason="No enquiry is new any more.")
    subject, text, html = render("new_enquiry", {"new": new, "url": f"{settings.SITE_URL}/admin/leads/enquiry/"})
    return Letter(to=(str(user), user.email), subject=subject, text=text, html=html)


def _reachable(delivery: Delivery) -> Contact | None:
    request = request_of(delivery.reference)
    contact = request.contact if request is not None and request.emptied_at is None else None
    return contact if contact is not None and contact.email and not contact.is_erased else None


def _letter(kind: str, contact: Contact, **context: Any) -> Letter:
    subject, text, html = render(kind, {**context, "preferences": links.preferences_url(contact)})
    return Letter(to=("", contact.email), subject=subject, text=text, html=html)


def settled(delivery: Delivery) -> None:
    """What became of a letter stands in the person's timeline (LEAD-98)."""
    request = request_of(delivery.reference)
    if request is not None and not request.contact.is_erased:
        words = f"{LABELS.get(delivery.kind, delivery.kind)}: {delivery.state}"
        enquiry = request if isinstance(request, Enquiry) else None
        note(request.contact, TimelineEntry.Kind.MAIL, words, enquiry=enquiry)


# -- samples, for the preview -------------------------------------------------------------


def _sample(kind: str, **context: Any) -> Letter:
    values = {"url": f"{settings.SITE_URL}/c/sample", "preferences": f"{settings.SITE_URL}/p/sample", "days": 7}
    values |= {"answers_within": Clinic.current().answers_within, "new": 2, **context}
    subject, text, html = render(kind, values)
    return Letter(to=("Sample Person", "sample@example.org"), subject=subject, text=text, html=html)


LABELS = {
    "confirm": "Newsletter: please confirm",
    "already_subscribed": "Newsletter: already on the list",
    "receipt": "Consultation: receipt",
    "way_on": "Link that sends a request off",
    "link": "Links, sent again",
    "new_enquiry": "Staff: new enquiry",
}


def register() -> None:
    for kind, builder in {
        "confirm": confirm,
        "already_subscribed": already_subscribed,
        "receipt": receipt,
        "way_on": way_on,
    }.items():
        register_builder(kind, builder, label=LABELS[kind], settled=settled, sample=partial(_sample, kind))
    register_builder("link", link, label=LABELS["link"], sample=partial(_sample, "link"))
    register_builder(
        "new_enquiry",
        new_enquiry,
        label=LABELS["new_enquiry"],
        sample=partial(_sample, "new_enquiry"),
        for_staff=True,
    )
