"""Erasing a person: every sealed value, every open letter; what stays names nobody (LEAD-115)."""

from __future__ import annotations

import datetime
import logging
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from stemsite.audit.recording import record
from stemsite.mail.outbox import erase_letters

from . import subscribing
from .counting import keep_count
from .models import Contact, LeadSearch, PacketCopy, PrivacyRequest, TimelineEntry
from .models.request import REQUESTS
from .models.timeline import note

AT_ONCE = 500
"""References that one query names."""

logger = logging.getLogger(__name__)


class OnHold(Exception):
    """The law asks to keep this person's data for now."""


def ask_for_data(contact: Contact) -> datetime.date:
    """The day by which staff send what we hold; asked for twice, the first day stands."""
    return _asked(contact, PrivacyRequest.Kind.ACCESS).due_on


def ask_for_erasure(contact: Contact) -> bool:
    """Erase at once; false where a legal hold makes it staff's to decide."""
    try:
        erase(contact)
    except OnHold:
        _asked(contact, PrivacyRequest.Kind.ERASURE)
        return False
    return True


@transaction.atomic
def _asked(contact: Contact, kind: PrivacyRequest.Kind) -> PrivacyRequest:
    asked, made = PrivacyRequest.objects.get_or_create(contact=contact, kind=kind, done_at=None)
    if made:
        note(contact, TimelineEntry.Kind.PRIVACY, asked.get_kind_display())
    return asked


def erase(contact: Contact, *, by: Any = None, alone: bool = False) -> None:
    """Empty everything that names the person. The reference, the consent proof and a suppression stay.

    All records of the person go together, or none where one is on hold; ``alone`` is for one record by itself.
    """
    _overwrite_what_is_freed()
    with transaction.atomic():
        found = Contact.objects.filter(pk=contact.pk) if alone else Contact.objects.of_person(contact)
        records = list(found.select_for_update().order_by("pk"))
        if any(each.hold_reason for each in records):
            raise OnHold
        for each in records:
            if not each.is_erased:
                _erase(each, by=by)


def _erase(contact: Contact, *, by: Any) -> None:
    subscribing.leave_with(contact)
    if contact.email:
        erase_letters(contact.email)
    for model in REQUESTS:
        model._default_manager.filter(contact=contact).update(**model.emptied_values())
    PacketCopy.objects.filter(request__contact=contact).update(**PacketCopy.EMPTIED)
    contact.subscriptions.update(topics=[])
    contact.tags.all().delete()
    LeadSearch.objects.filter(is_kept=False).delete()
    contact.timeline.replace_sealed(text="")
    contact.consents.replace_sealed(page_path="", page_version="", evidence="")
    contact.privacy_requests.filter(done_at=None).update(done_at=timezone.now(), done_by=by)
    contact.name = contact.email = contact.phone = ""
    contact.erased_at = timezone.now()
    contact.save()
    if contact.joined_to_id is None:
        keep_count("contacts", number=-1)
    record("erased a person", by=by, obj=contact)
    _remember(contact)


def _overwrite_what_is_freed() -> None:
    """SQLite leaves freed pages as they were unless told otherwise."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")


# -- what a restored backup has to forget again -------------------------------------------


def ledger_file() -> Path:
    """References of the erased, beside the database and outside every backup."""
    return Path(settings.DATA_DIR) / "erased.txt"


def _remember(contact: Contact) -> None:
    """Before the commit: an erasure that is not on the list must not be done either."""
    ledger_file().parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(ledger_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, f"{contact.reference} {timezone.now():%Y-%m-%d}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def erase_again(*, by: Any = None) -> int:
    """After a restore: erase whom the list names and the backup brought back; a legal hold is left to staff."""
    try:
        lines = ledger_file().read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return 0
    references = sorted({line.partition(" ")[0] for line in lines})
    done = 0
    for begin in range(0, len(references), AT_ONCE):
        chosen = references[begin : begin + AT_ONCE]
        for contact in Contact.objects.filter(reference__in=chosen, erased_at=None):
            done += _erased_again(contact, by)
    return done


def _erased_again(contact: Contact, by: Any) -> bool:
    try:
        erase(contact, by=by, alone=True)
    except OnHold:
        facts = {"contact": contact.pk}
        logger.error("privacy alert: a person who was erased came back under a legal hold", extra={"facts": facts})
        return False
    return True
