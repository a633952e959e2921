"""Addresses in letters: each opens one thing for one row, for a time (LEAD-45)."""

from __future__ import annotations

import datetime

from django.conf import settings

from stemsite.tokens import TokenRefused, make_short_token, read_short_token

from .models import Contact, PacketRequest, Request, Subscription
from .models.request import REQUESTS

CONFIRM, LEAVE, PREFERENCES, PACKET = "c", "u", "p", "d"
HELD = {"x": "s", "y": "i", "z": "e"}
"""Token letter of a request that waits for its link -> code of the form."""

GOOD_FOR = {
    CONFIRM: datetime.timedelta(days=7),
    LEAVE: datetime.timedelta(days=400),
    PREFERENCES: datetime.timedelta(days=30),
    PACKET: datetime.timedelta(days=30),
    **dict.fromkeys(HELD, datetime.timedelta(days=7)),
}


def url(place: str, letter: str, row: int) -> str:
    return f"{settings.SITE_URL}/{place}/{make_short_token(letter, row)}"


def confirm_url(subscription: Subscription) -> str:
    return url("c", CONFIRM, subscription.pk)


def leave_url(subscription: Subscription) -> str:
    """Also of one click in a mail program: at most 74 characters on the canonical host (LEAD-49)."""
    return url("u", LEAVE, subscription.pk)


def preferences_url(contact: Contact) -> str:
    return url("p", PREFERENCES, contact.pk)


def packet_url(request: PacketRequest) -> str:
    return url("d", PACKET, request.pk)


def way_on_url(request: Request) -> str:
    letter = next(letter for letter, code in HELD.items() if code == request.CODE)
    return url("c", letter, request.pk)


def row_of(letter: str, token: str) -> int:
    """The row that ``token`` opens for the purpose ``letter``, or ``TokenRefused``."""
    return read_short_token(letter, token, within=GOOD_FOR[letter])


def subscription_of(letter: str, token: str) -> Subscription:
    found = Subscription.objects.select_related("contact").filter(pk=row_of(letter, token)).first()
    if found is None or found.contact.is_erased:
        raise TokenRefused
    return found


def contact_of(token: str) -> Contact:
    found = Contact.objects.filter(pk=row_of(PREFERENCES, token), erased_at=None).first()
    if found is None:
        raise TokenRefused
    return found


def held_request_of(token: str) -> Request:
    """The request that a link of the page “too often” lets through."""
    code = HELD.get(token[:1], "")
    model = next((model for model in REQUESTS if code == model.CODE), None)
    if model is None:
        raise TokenRefused
    rows = model._default_manager.select_related("contact").filter(pk=row_of(token[:1], token), emptied_at=None)
    found = rows.first()
    if found is None or found.contact.is_erased:
        raise TokenRefused
    return found
