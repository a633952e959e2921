"""What a person tells staff about consent: given by phone in words that were read out, or taken back (LEAD-40)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from leads import ledger, subscribing
from leads.models import Consent, Contact
from leads.wordings import JURISDICTION
from stemsite.audit.recording import record
from stemsite.clinic.models import Wording
from stemsite.publishing.gate import Refused, Stale

from .working import held

Purpose = Consent.Purpose

BY_PHONE = (Purpose.CALL, Purpose.HEALTH)
"""The newsletter is confirmed by its own letter, and a packet is asked for by its own form."""


EVERYTHING = "everything"
"""No letter and no call any more, for whatever purpose."""


def wording_for(purpose: str) -> Wording | None:
    """The words to read out today."""
    kind = ledger.WORDED[Purpose(purpose)]
    return Wording.objects.current().filter(kind=kind, jurisdiction=JURISDICTION).first()


@transaction.atomic
def take_by_phone(contact: Contact, *, purpose: str, wording_id: int, said: str, by: Any) -> Consent:
    """Enter a consent that was spoken. ``wording_id`` names the words that were read out."""
    found = held(contact, by)
    if purpose not in BY_PHONE:
        raise Refused("This consent is not taken by phone.")
    wording = wording_for(purpose)
    if wording is None:
        raise Refused("There is no wording for this consent yet. The owner writes it under Wordings.")
    if wording.pk != wording_id:
        raise Stale("The wording was changed meanwhile. Read out the new one, and ask again.")
    if purpose in ledger.allowed(found):
        raise Refused("This was allowed already.")
    there = ledger.Circumstances(
        method=ledger.Method.PHONE,
        wordings={wording.kind: wording},
        policy_version=ledger.policy_version(),
        evidence=said,
        evidence_on=timezone.localdate(),
        by=by,
    )
    entry = ledger.enter(found, purpose, ledger.Action.GIVEN, there)
    record("took a consent by phone", by=by, obj=found, purpose=purpose)
    return entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How somebody let us know; a call, a reply to a letter, a word at the desk all count (LEAD-125)."""

    how: str = Consent.Method.PHONE
    on: datetime.date | None = None
    words: str = ""

    def circumstances(self, by: Any) -> ledger.Circumstances:
        if self.how not in Consent.TOLD:
            raise Refused("Choose how they told us.")
        today = timezone.localdate()
        if self.on is not None and self.on > today:
            raise Refused("That day has not come yet.")
        return ledger.Circumstances(method=self.how, evidence=self.words, evidence_on=self.on or today, by=by)


@transaction.atomic
def withdraw_as_told(contact: Contact, *, purpose: str, told: Told, by: Any) -> None:
    """Take back what somebody no longer allows, by whatever way they said so, in force at once (LEAD-38, LEAD-125)."""
    found = held(contact, by)
    there = told.circumstances(by)
    if purpose == EVERYTHING:
        subscribing.stop_everything(found, there=there)
    elif not subscribing.withdraw(found, purpose, there=there):
        raise Refused("This is not allowed now, so there is nothing to take back.")
    record("took a consent back", by=by, obj=found, purpose=purpose, how=told.how)


def may_be_taken(contact: Contact) -> list[Purpose]:
    allowed = ledger.allowed(contact)
    return [purpose for purpose in BY_PHONE if purpose not in allowed]


def may_be_withdrawn(contact: Contact) -> list[Purpose]:
    """What stands now; a place on the newsletter's list that still waits for confirmation can be given up too."""
    allowed = set(ledger.allowed(contact))
    if contact.subscriptions.open().exists():
        allowed.add(Purpose.NEWSLETTER)
    return [purpose for purpose in Purpose if purpose in allowed]
