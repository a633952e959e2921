"""Synthetic people who asked for something, for scale trials: marked, invented, at addresses that no mail reaches."""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from leads.counting import By, count_week, keep_count
from leads.models import Consent, Contact, Enquiry, PacketRequest, Request, SignUp, Subscription, TimelineEntry
from leads.models.counting import ALL
from leads.wordings import JURISDICTION
from stemsite.accounts.models import User
from stemsite.clinic.models import Wording

from .synthetic import announce, chance, in_batches

FIRST = (
    "Ada", "Bela", "Carmen", "Dora", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kenji", "Lena", "Mara", "Nils",
    "Olga", "Pavel", "Quinn", "Rosa", "Sami", "Tove", "Uma", "Vera", "Wanda", "Xenia", "Yusuf", "Zoe",
)  # fmt: skip
LAST = ("Sample", "Example", "Invented", "Madeup", "Trial", "Placeholder", "Nobody", "Specimen")
MESSAGES = (
    "Please call me when it suits you.", "I have a list of questions. When can we talk?", "What does a talk cost?",
    "I would like to bring my sister. Is that possible?", "Do you answer by e-mail as well?",
)  # fmt: skip
CHANNELS = ("direct", "newsletter", "leaflet", "search.example", "friends.example")
PAGES = ("/", "/blog/", "/conditions/als/", "/consultation-steps/")
SPAN = datetime.timedelta(days=700)

Status = Enquiry.Status
STATUSES = (Status.NEW, Status.CONTACTED, Status.QUALIFIED, Status.SCHEDULED, Status.CONVERTED, Status.CLOSED)
FORMS: tuple[type[Request], ...] = (PacketRequest, PacketRequest, Enquiry, SignUp)
PURPOSE = {PacketRequest: "packet", SignUp: "newsletter", Enquiry: "call"}
WORDED = {
    "packet": Wording.Kind.CONSENT_PACKET,
    "newsletter": Wording.Kind.CONSENT_NEWSLETTER,
    "call": Wording.Kind.CONSENT_CALL,
}


def add_leads(count: int, *, staff: Mapping[str, User]) -> None:
    """``count`` people, each with one request, its consent and its place in the timeline."""
    first = Contact.objects.filter(is_sample=True).count()
    rows = Wording.objects.current().filter(jurisdiction=JURISDICTION, kind__in=WORDED.values())
    wordings = {row.kind: row for row in rows}
    for size in in_batches(count):
        with transaction.atomic():
            _add(range(first, first + size), wordings)
        first += size
    announce("leads", count, by=staff["owner"])


def _add(numbers: Sequence[int], wordings: Mapping[str, Wording]) -> None:
    now = timezone.now()
    dice = [chance(number, "lead") for number in numbers]
    contacts = Contact.objects.bulk_create(
        _contact(number, rolled, now) for number, rolled in zip(numbers, dice, strict=True)
    )
    requests = [_request(contact, rolled) for contact, rolled in zip(contacts, dice, strict=True)]
    for model in dict.fromkeys(FORMS):
        same = [request for request in requests if type(request) is model]
        model._default_manager.bulk_create(same)
        count_week(model.FORM, {str(By.ALL): (ALL,)}, number=len(same))
        keep_count(f"{model.FORM}:accepted", number=len(same))
    keep_count("contacts", number=len(contacts))
    Subscription.objects.bulk_create(_subscription(request) for request in requests if isinstance(request, SignUp))
    Consent.objects.bulk_create(_consent(request, wordings) for request in requests)
    TimelineEntry.objects.bulk_create(_entry(request) for request in requests)


def _contact(number: int, dice: random.Random, now: datetime.datetime) -> Contact:
    name = f"{dice.choice(FIRST)} {dice.choice(LAST)}"
    return Contact(
        name=name,
        email=f"{name.replace(' ', '.').lower()}.{number}@example.org",
        phone=f"+1614555{number % 10_000:04}" if dice.random() < 0.4 else "",
        created_at=now - dice.random() * SPAN,
        is_sample=True,
    )


def _request(contact: Contact, dice: random.Random) -> Request:
    model = dice.choice(FORMS)
    channel = dice.choice(CHANNELS)
    values: dict[str, Any] = {
        "contact": contact,
        "created_at": contact.created_at,
        "name": contact.name,
        "channel": channel,
        "source": {"page": dice.choice(PAGES), "placement": "link"},
        "wants_newsletter": model is SignUp,
        "is_sample": True,
    }
    if model is PacketRequest:
        packet = dice.choice(("", "als"))
        return PacketRequest(**values, packet=packet, sent_at=contact.created_at + datetime.timedelta(minutes=1))
    if model is SignUp:
        return SignUp(**values)
    status = dice.choice(STATUSES)
    over = contact.created_at + datetime.timedelta(days=9) if status in Enquiry.OVER else None
    return Enquiry(
        **values,
        phone=contact.phone,
        message=dice.choice(MESSAGES),
        contact_by=Enquiry.ContactBy.PHONE if contact.phone else Enquiry.ContactBy.EMAIL,
        status=status,
        closed_at=over,
        closed_reason=Enquiry.ClosedReason.NO_ANSWER if status == Status.CLOSED else "",
        first_contacted_at=None if status == Status.NEW else contact.created_at + datetime.timedelta(hours=5),
    )


def _subscription(request: SignUp) -> Subscription:
    """Two of three confirmed within the hour."""
    asked = request.created_at
    if request.contact_id % 3:
        state, moment, over = Subscription.State.CONFIRMED, asked + datetime.timedelta(hours=1), None
    else:
        state, moment, over = Subscription.State.EXPIRED, None, asked + datetime.timedelta(days=7)
    return Subscription(
        contact=request.contact, state=state, asked_at=asked, confirmed_at=moment, ended_at=over, is_sample=True
    )


def _consent(request: Request, wordings: Mapping[str, Wording]) -> Consent:
    purpose = PURPOSE[type(request)]
    wording = wordings[WORDED[purpose]]
    return Consent(
        contact=request.contact,
        purpose=purpose,
        action=Consent.Action.GIVEN,
        method=Consent.Method.FORM,
        at=request.created_at,
        wording_kind=wording.kind,
        wording_version=wording.version,
        wording_hash=wording.digest,
        page_path=request.source["page"],
        is_sample=True,
    )


def _entry(request: Request) -> TimelineEntry:
    return TimelineEntry(
        contact=request.contact,
        enquiry=request if isinstance(request, Enquiry) else None,
        kind=TimelineEntry.Kind.REQUEST,
        at=request.created_at,
        text=str(request),
        is_sample=True,
    )
