"""People who asked, and what they asked for."""

from __future__ import annotations

import datetime

from django.utils import timezone

from leads.counting import keep_count
from leads.models import Contact, Enquiry, PacketRequest, SignUp

from .numbers import Numbers

_numbers = Numbers()


def make_contact(**fields: object) -> Contact:
    number = next(_numbers)
    contact = Contact(**{"name": f"Person {number}", "email": f"person{number}@example.org", **fields})
    contact.full_clean()
    contact.save()
    keep_count("contacts")
    return contact


def make_enquiry(contact: Contact | None = None, *, hours_ago: float = 0, **fields: object) -> Enquiry:
    return _made(Enquiry, contact, hours_ago, {"message": "I would like to ask something.", **fields})


def make_packet_request(contact: Contact | None = None, *, hours_ago: float = 0, **fields: object) -> PacketRequest:
    return _made(PacketRequest, contact, hours_ago, fields)


def make_sign_up(contact: Contact | None = None, *, hours_ago: float = 0, **fields: object) -> SignUp:
    return _made(SignUp, contact, hours_ago, {"wants_newsletter": True, **fields})


def _made(model, contact, hours_ago, fields):
    created_at = timezone.now() - datetime.timedelta(hours=hours_ago)
    request = model(contact=contact or make_contact(), **{"created_at": created_at, **fields})
    if fields.get("status") in Enquiry.OVER and request.closed_at is None:
        request.closed_at = timezone.now()
    request.full_clean()
    request.save()
    keep_count(f"{model.FORM}:{request.standing}")
    return request
