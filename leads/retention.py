"""What goes when its time is over: per purpose, once a day, a dry run first, a legal hold respected (LEAD-114)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from stemsite.audit.recording import record

from . import feedback, ledger, limits, networks, subscribing
from .erasing import OnHold, erase
from .models import Consent, Contact, Enquiry, Feedback, PacketCopy, PacketRequest, Request, SignUp, Subscription
from .models.request import REQUESTS

MONTH = datetime.timedelta(days=30.44)
STEP = 200
HEALTH_ENDED = "consents to health information whose purpose ended"
SYSTEM = ledger.Method.SYSTEM

Standing = Request.Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    name: str
    after: datetime.timedelta
    rows: Callable[[datetime.datetime], QuerySet[Any]]
    """The rows whose time was over before a moment."""


def _doubtful(model: type[Request]) -> Callable[[datetime.datetime], QuerySet[Any]]:
    waiting = Q(standing__in=(Standing.QUARANTINED, Standing.HELD))
    return lambda before: model._default_manager.filter(waiting, created_at__lt=before, emptied_at=None)


def _sign_ups(before: datetime.datetime) -> QuerySet[Any]:
    """Sign-ups of people who are not on the list: unconfirmed, or gone."""
    on_list = Subscription.objects.open().values("contact")
    return SignUp.objects.filter(created_at__lt=before, emptied_at=None).exclude(contact__in=on_list)


def _packets(before: datetime.datetime) -> QuerySet[Any]:
    return PacketRequest.objects.filter(created_at__lt=before, emptied_at=None)


def _enquiries(before: datetime.datetime) -> QuerySet[Any]:
    return Enquiry.objects.filter(closed_at__lt=before, emptied_at=None)


RULES = (
    *(
        Rule(
            name=f"quarantined {model._meta.verbose_name_plural}",
            after=datetime.timedelta(days=30),
            rows=_doubtful(model),
        )
        for model in REQUESTS
    ),
    Rule(name="unconfirmed sign-ups", after=datetime.timedelta(days=30), rows=_sign_ups),
    Rule(name="packet requests", after=12 * MONTH, rows=_packets),
    Rule(name="closed enquiries", after=24 * MONTH, rows=_enquiries),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    name: str
    number: int


def run(*, dry: bool = False) -> Iterator[Gone]:
    """Empty every row whose time is over, then erase the people of whom nothing is left."""
    now = timezone.now()
    if not dry:
        subscribing.expire_unconfirmed()
        limits.forget_old()
        networks.destroy_old_keys()
    for rule in RULES:
        rows = rule.rows(now - rule.after).filter(contact__hold_reason="")
        yield Gone(name=rule.name, number=rows.count() if dry else _empty(rule.name, rows))
    ended = list(_without_purpose())
    yield Gone(name=HEALTH_ENDED, number=len(ended) if dry else sum(_end_health(contact) for contact in ended))
    yield Gone(name="notes of readers about pages", number=feedback.over().count() if dry else _forget_notes())
    yield Gone(name="people of whom nothing was left", number=_left_over().count() if dry else _erase_left_over())


def _empty(name: str, rows: QuerySet[Any]) -> int:
    """In steps, so that no write transaction is long; each run stands in the audit chain."""
    done = 0
    while pks := list(rows.values_list("pk", flat=True)[:STEP]):
        with transaction.atomic():
            done += rows.model._default_manager.filter(pk__in=pks).update(**rows.model.emptied_values())
            if rows.model is PacketRequest:
                PacketCopy.objects.filter(request__in=pks).update(**PacketCopy.EMPTIED)
    if done:
        record("emptied what was kept long enough", by=None, note=name, rows=done)
    return done


def _forget_notes() -> int:
    """They name nobody, so nothing is left to be counted of them."""
    done = 0
    while pks := list(feedback.over().order_by("pk").values_list("pk", flat=True)[:STEP]):
        done += Feedback.objects.filter(pk__in=pks).delete()[0]
    if done:
        record("deleted what was kept long enough", by=None, note="notes of readers about pages", rows=done)
    return done


def _without_purpose() -> Iterator[Contact]:
    """Who still allows the use of health information although nothing is kept that it could be used for (LEAD-42)."""
    allowed = Consent.objects.allowing().filter(purpose=Consent.Purpose.HEALTH, at__lt=timezone.now() - MONTH)
    found = Contact.objects.filter(pk__in=allowed.values("contact"), erased_at=None, hold_reason="")
    for model in REQUESTS:
        found = found.exclude(_persons_of(model._default_manager.filter(emptied_at=None)))
    for contact in found.prefetch_related("subscriptions").iterator(chunk_size=STEP):
        if not any(row.topics for row in contact.subscriptions.all()):
            yield contact


@transaction.atomic
def _end_health(contact: Contact) -> bool:
    """It ends as it began, with an entry in the ledger; asked for again, it is given anew."""
    ledger.enter(contact, Consent.Purpose.HEALTH, Consent.Action.EXPIRED, ledger.Circumstances(method=SYSTEM))
    return True


def _left_over() -> QuerySet[Contact]:
    """People with no request that still holds something, and no place on the list."""
    found = Contact.objects.filter(erased_at=None, hold_reason="", created_at__lt=timezone.now() - MONTH)
    for model in REQUESTS:
        found = found.exclude(_persons_of(model._default_manager.filter(emptied_at=None)))
    return found.exclude(_persons_of(Subscription.objects.open()))


def _persons_of(rows: QuerySet[Any]) -> Q:
    """Every record of the people whom ``rows`` belong to."""
    joined = rows.filter(contact__joined_to__isnull=False).values("contact__joined_to")
    own = Q(pk__in=rows.values("contact")) | Q(pk__in=joined)
    return own | Q(joined_to__in=rows.values("contact")) | Q(joined_to__in=joined)


def _erase_left_over() -> int:
    done = 0
    for contact in list(_left_over()):
        try:
            erase(contact)
        except OnHold:
            continue
        done += 1
    return done


def run_daily() -> None:
    for _ in run():
        pass
