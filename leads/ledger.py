"""Entries of the consent ledger: who agreed to which words, where, and by what act."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from stemsite.clinic.models import Wording
from stemsite.publishing.models import Page

from .models import Consent, Contact, TimelineEntry
from .models.timeline import note
from .wordings import JURISDICTION

Purpose = Consent.Purpose
Action = Consent.Action
Method = Consent.Method

POLICY = "/privacy/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Where and how something was agreed to."""

    method: str
    page_path: str = ""
    page_version: str = ""
    network: str = ""
    """Already hashed."""
    policy_version: str = ""
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    issued_at: datetime.datetime | None = None
    used_at: datetime.datetime | None = None
    by: Any = None
    evidence: str = ""
    """What else shows it: when and how it was said, for a call or an import."""
    evidence_on: datetime.date | None = None


WORDED = {
    Purpose.PACKET: Wording.Kind.CONSENT_PACKET,
    Purpose.NEWSLETTER: Wording.Kind.CONSENT_NEWSLETTER,
    Purpose.CALL: Wording.Kind.CONSENT_CALL,
    Purpose.HEALTH: Wording.Kind.CONSENT_HEALTH,
}


def enter(contact: Contact, purpose: str, action: str, there: Circumstances) -> Consent:
    """Append one entry, in the caller's transaction, and say so in the timeline."""
    wording = there.wordings.get(WORDED[Purpose(purpose)])
    entry = Consent.objects.create(
        contact=contact,
        purpose=purpose,
        action=action,
        method=there.method,
        wording_kind=wording.kind if wording else "",
        wording_version=wording.version if wording else None,
        wording_hash=wording.digest if wording else "",
        policy_version=there.policy_version,
        page_path=there.page_path,
        page_version=there.page_version,
        network=there.network,
        token_issued_at=there.issued_at,
        token_used_at=there.used_at,
        operator=there.by,
        evidence=there.evidence,
        evidence_on=there.evidence_on,
        is_sample=contact.is_sample,
    )
    note(contact, TimelineEntry.Kind.CONSENT, str(entry), by=there.by)
    return entry


def allowed(contact: Contact) -> frozenset[str]:
    """The purposes this person allows now, by any of their records (LEAD-36, LEAD-99)."""
    others = Contact.objects.of_person(contact).filter(erased_at=None)
    entries = Consent.objects.filter(Q(contact=contact) | Q(contact__in=others))
    return frozenset(entries.allowing().values_list("purpose", flat=True))


def allowed_by_record(contact: Contact) -> frozenset[str]:
    """What the entries of this one record allow."""
    return frozenset(Consent.objects.filter(contact=contact).allowing().values_list("purpose", flat=True))


def policy_version() -> str:
    """The privacy policy that is live: the beginning of its hash."""
    found = Page.objects.filter(live_path=POLICY).values_list("live_version__content_hash", flat=True).first()
    return f"privacy {found[:8]}" if found else ""


def last_wordings(contact: Contact, purpose: str) -> Mapping[str, Wording]:
    """The wording that ``purpose`` was last given to: what a later act of the same person refers to."""
    last = Consent.objects.filter(contact=contact, purpose=purpose, wording_version__isnull=False).order_by("pk").last()
    if last is None or last.wording_version is None:
        return {}
    wording = wording_of(last)
    return {wording.kind: wording} if wording else {}


def wording_of(entry: Consent) -> Wording | None:
    if entry.wording_version is None:
        return None
    return the_words_of(entry, Wording.objects.filter(kind=entry.wording_kind, version=entry.wording_version))


def the_words_of(entry: Consent, wordings: Iterable[Wording]) -> Wording | None:
    """Those of ``wordings`` that ``entry`` was given to (LEAD-39).

    Each jurisdiction numbers its own, so the hash decides; where it fits none, the number of the forms' jurisdiction.
    """
    named = (entry.wording_kind, entry.wording_version)
    same = [wording for wording in wordings if (wording.kind, wording.version) == named]
    same.sort(key=lambda wording: (wording.digest != entry.wording_hash, wording.jurisdiction != JURISDICTION))
    return next((one for one in same if one.digest == entry.wording_hash or one.jurisdiction == JURISDICTION), None)
