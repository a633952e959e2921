"""Finding who asks, or making them known (LEAD-01, LEAD-17, LEAD-99)."""

from __future__ import annotations

from .counting import keep_count
from .models import Contact
from .models.request import REQUESTS

MOST_NAMES = 20


def contact_for(*, email: str, phone: str, name: str) -> Contact:
    """The contact with this address, or without any with this number; locked until the transaction ends.

    Who only knows an address cannot change what stands beside it: name and number fill gaps, the rest is for staff.
    """
    contact = _found(email=email, phone=phone)
    if contact is None:
        contact = Contact.objects.create(email=email, phone=phone, name=name)
        keep_count("contacts")
        return contact
    gaps = {
        field: value for field, value in (("name", name), ("phone", phone)) if value and not getattr(contact, field)
    }
    for field, value in gaps.items():
        setattr(contact, field, value)
    if gaps:
        contact.save(update_fields=[*gaps, *(["phone_index"] if "phone" in gaps else [])])
    return contact


def _found(*, email: str, phone: str) -> Contact | None:
    known = Contact.objects.select_for_update().order_by("pk")
    if email:
        return known.with_email(email).first()
    return known.with_phone(phone).filter(email_index__isnull=True).first()


def names_at(address: str) -> list[str]:
    """What the person at this address is called: as known, and as given with what they asked for."""
    contact = Contact.objects.with_email(address).first()
    if contact is None:
        return []
    given = (row.name for model in REQUESTS for row in model._default_manager.filter(contact=contact)[:MOST_NAMES])
    return sorted({str(name) for name in (contact.name, *given) if name})
