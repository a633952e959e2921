"""A person's rights, done by staff: everything in a file, the proof of consent, erasing with a preview (LEAD-115)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from leads import erasing
from leads.holding import exported, letters_to
from leads.ledger import the_words_of
from leads.models import Consent, Contact, PrivacyRequest, TimelineEntry
from leads.models.request import REQUESTS
from leads.models.timeline import note
from stemsite.access import Action, can
from stemsite.audit.recording import record
from stemsite.clinic.models import Wording
from stemsite.publishing.gate import Refused, Stale


@transaction.atomic
def export_person(contact: Contact, *, by: Any, reason: str) -> dict[str, Any]:
    """Everything we hold, as plain values; an open request to see it is done with that."""
    if by is not None and not can(by, Action.EXPORT_LEADS):
        raise Refused("Your role does not export people. Ask the owner if it should.")
    if not reason.strip():
        raise Refused("Say what the file is for.")
    values = {**exported(contact), "proof_of_consent": list(consent_proof(contact))}
    record("exported a person", by=by, obj=contact, note=reason.strip())
    _done(contact, PrivacyRequest.Kind.ACCESS, by=by)
    return values


def consent_proof(contact: Contact) -> Iterator[dict[str, Any]]:
    """Each entry of the ledger with the very words that were agreed to (LEAD-39)."""
    records = Contact.objects.of_person(contact)
    entries = list(Consent.objects.filter(contact__in=records).select_related("operator", "contact").order_by("pk"))
    wordings = list(Wording.objects.filter(kind__in={entry.wording_kind for entry in entries}).order_by("pk"))
    for entry in entries:
        wording = the_words_of(entry, wordings)
        yield {
            "number": entry.pk,
            "record": entry.contact.reference,
            "at": entry.at.isoformat(),
            "purpose": entry.purpose,
            "action": entry.action,
            "method": entry.method,
            "operator": str(entry.operator) if entry.operator else "",
            "wording": _words(entry, wording),
            "locale": entry.locale,
            "policy": entry.policy_version,
            "page": entry.page_path,
            "page_version": entry.page_version,
            "link_sent_at": entry.token_issued_at.isoformat() if entry.token_issued_at else "",
            "link_used_at": entry.token_used_at.isoformat() if entry.token_used_at else "",
            "evidence": entry.evidence,
            "evidence_on": entry.evidence_on.isoformat() if entry.evidence_on else "",
        }


def _words(entry: Consent, wording: Wording | None) -> dict[str, Any]:
    if wording is None:
        return {}
    return {
        "kind": wording.kind,
        "version": wording.version,
        "jurisdiction": wording.jurisdiction,
        "lead": wording.lead,
        "text": wording.text,
        "sha256": entry.wording_hash,
        "is_unchanged": wording.digest == entry.wording_hash,
        "cleared_by": wording.cleared_by,
    }


def what_erasing_removes(contact: Contact) -> list[tuple[str, int]]:
    """What a preview says before a person is erased: how many of each kind lose their words."""
    records = contact.records()
    rows = [model._default_manager.filter(contact__in=records, emptied_at=None).count() for model in REQUESTS]
    return [
        ("name, e-mail address and phone number", sum(bool(part) for each in records for part in _identity(each))),
        ("requests, with everything written in them", sum(rows)),
        ("timeline entries and notes", sum(_texts(each) for each in records)),
        ("tags", sum(each.tags.count() for each in records)),
        ("letters kept or still to be sent", sum(letters_to(each).count() for each in records)),
    ]


def _identity(contact: Contact) -> tuple[str, str, str]:
    return contact.name, contact.email, contact.phone


def _texts(contact: Contact) -> int:
    return sum(bool(text) for text in contact.timeline.values_list("text", flat=True))


def erase_person(contact: Contact, *, by: Any, seen: str = "") -> None:
    """Erase for good. ``seen`` is the reference that the owner typed, so that nobody erases the wrong person."""
    if not can(by, Action.ERASE_LEADS):
        raise Refused("Only the owner erases a person.")
    if contact.is_erased:
        raise Stale("This person was erased before.")
    if seen.strip().upper() != contact.reference:
        raise Refused(f"Type the reference {contact.reference} to confirm.")
    try:
        erasing.erase(contact, by=by)
    except erasing.OnHold as hold:
        raise Refused("There is a legal hold on this person. Lift it first, if the reason is over.") from hold


@transaction.atomic
def set_hold(contact: Contact, *, reason: str, by: Any) -> None:
    """While a reason stands, nothing of this person is erased; without one the hold is lifted (LEAD-114)."""
    if not can(by, Action.ERASE_LEADS):
        raise Refused("Only the owner sets and lifts a legal hold.")
    found = Contact.objects.select_for_update().get(pk=contact.pk)
    if found.is_erased:
        raise Refused("This person was erased; there is nothing to hold.")
    if found.hold_reason == reason.strip():
        return
    found.hold_reason = reason.strip()
    found.save(update_fields=["hold_reason"])
    words = "Legal hold." if found.hold_reason else "Legal hold lifted."
    note(found, TimelineEntry.Kind.PRIVACY, words, by=by)
    record("set a legal hold" if found.hold_reason else "lifted a legal hold", by=by, obj=found)


def _done(contact: Contact, kind: PrivacyRequest.Kind, *, by: Any) -> None:
    records = Contact.objects.of_person(contact)
    PrivacyRequest.objects.filter(contact__in=records, kind=kind, done_at=None).update(
        done_at=timezone.now(), done_by=by
    )
