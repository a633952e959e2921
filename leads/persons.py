"""Finding one person on the command line, by reference or address."""

from __future__ import annotations

from django.core.management.base import CommandError

from .models import Contact


def person(text: str) -> Contact:
    rows = Contact.objects.with_email(text) if "@" in text else Contact.objects.filter(reference=text.strip().upper())
    found = rows.filter(erased_at=None).first()
    if found is None:
        raise CommandError("We hold nobody by that reference or address.")
    return found
