"""What we hold about a person, told to that very person (LEAD-47) or exported (LEAD-39, LEAD-115)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from articles.models import Topic
from stemsite.crypto import index_values
from stemsite.mail.kinds import kind_of
from stemsite.mail.models import Delivery
from studies.models import Condition

from . import ledger
from .models import Consent, Contact, Request, Subscription
from .models.request import REQUESTS
from .packets.log import copies_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    on: datetime.datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    name: str
    email: str
    phone: str
    requests: tuple[Line, ...]
    consents: tuple[Line, ...]
    letters: tuple[Line, ...]
    subscription: Subscription | None
    may_call: bool
    may_use_health: bool
    topics: tuple[Topic, ...]
    chosen: tuple[str, ...]


def held_about(contact: Contact) -> Held:
    subscription = contact.subscriptions.open().first()
    allows = ledger.allowed(contact)
    return Held(
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        requests=tuple(_request_lines(contact)),
        consents=tuple(Line(on=entry.at, words=str(entry)) for entry in contact.consents.order_by("pk")),
        letters=tuple(_letter_lines(contact)),
        subscription=subscription,
        may_call=Consent.Purpose.CALL in allows,
        may_use_health=Consent.Purpose.HEALTH in allows,
        topics=tuple(topics_for(contact)),
        chosen=tuple(subscription.topics) if subscription else (),
    )


FORMS = {"newsletter": "Newsletter", "information-packet": "Information packet", "consultation": "Consultation"}


def requests_of(contact: Contact) -> list[Request]:
    rows = [row for model in REQUESTS for row in model._default_manager.filter(contact=contact, emptied_at=None)]
    return sorted(rows, key=lambda row: row.created_at)


def _request_lines(contact: Contact) -> Iterator[Line]:
    for row in requests_of(contact):
        yield Line(on=row.created_at, words=FORMS[row.FORM])


def _letter_lines(contact: Contact) -> Iterator[Line]:
    for letter in letters_to(contact).order_by("queued_at"):
        kind = kind_of(letter.kind)
        yield Line(on=letter.queued_at, words=f"{kind.label if kind else letter.kind} ({letter.get_state_display()})")


def letters_to(contact: Contact) -> QuerySet[Delivery]:
    if not contact.email:
        return Delivery.objects.none()
    return Delivery.objects.filter(recipient_index__in=index_values("email", contact.email))


def topics_for(contact: Contact) -> list[Topic]:
    """What the newsletter can be narrowed to; a topic that names a condition only where health consent stands."""
    topics = list(Topic.objects.order_by("name"))
    if Consent.Purpose.HEALTH in ledger.allowed(contact):
        return topics
    names = {name.casefold() for pair in Condition.objects.values_list("name", "short_name") for name in pair if name}
    return [topic for topic in topics if not any(name in topic.name.casefold() for name in names)]


def exported(contact: Contact) -> dict[str, Any]:
    """Everything, as plain values for JSON; other records of the same person follow the first."""
    first, *others = (_exported(record) for record in contact.records())
    return {**first, "other_records": others} if others else first


def _exported(contact: Contact) -> dict[str, Any]:
    return {
        "reference": contact.reference,
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "since": contact.created_at.isoformat(),
        "requests": [_request_values(row) for row in requests_of(contact)],
        "consents": [_consent_values(entry) for entry in contact.consents.order_by("pk")],
        "subscriptions": [
            {"state": row.state, "topics": row.topics, "asked_at": row.asked_at, "ended_at": row.ended_at}
            for row in contact.subscriptions.order_by("pk")
        ],
        "timeline": [
            {"at": entry.at, "kind": entry.kind, "text": entry.text} for entry in contact.timeline.order_by("pk")
        ],
        "packets": [{"at": copy.at, "packet": copy.title, "edition": copy.edition} for copy in copies_of(contact)],
        "letters": [{"on": line.on, "letter": line.words} for line in _letter_lines(contact)],
    }


def _request_values(row: Request) -> dict[str, Any]:
    names = ("name", "phone", "message", "best_time", "contact_by", "condition", "packet", "source", "status")
    values = {name: getattr(row, name) for name in names if getattr(row, name, "")}
    return {"form": FORMS[row.FORM], "at": row.created_at, **values}


def _consent_values(entry: Consent) -> dict[str, Any]:
    names = (
        "at", "purpose", "action", "method", "wording_kind", "wording_version", "wording_hash", "locale",
        "policy_version", "page_path", "page_version", "token_issued_at", "token_used_at",
    )  # fmt: skip
    return {name: getattr(entry, name) for name in names}
