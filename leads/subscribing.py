"""Joining the newsletter and leaving it: every change of a subscription's state (LEAD-43 to LEAD-51)."""

from __future__ import annotations

import datetime
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from stemsite.mail.models import Suppression
from stemsite.mail.suppressing import suppress

from . import ledger, letters
from .models import Consent, Contact, Request, Subscription, TimelineEntry
from .models.subscription import CONFIRM_WITHIN
from .models.timeline import note

State = Subscription.State
Purpose = Consent.Purpose
Action = Consent.Action

UNDO_WITHIN = datetime.timedelta(hours=24)
PAUSE = datetime.timedelta(days=90)
BY_TOKEN = ledger.Circumstances(method=ledger.Method.TOKEN_PAGE)
"""By the person's own press on a link in a letter."""


def ask(contact: Contact, request: Request) -> Subscription:
    """A place on the list, waiting for its confirmation; who has one already is told so, by letter alone."""
    known = contact.subscriptions.select_for_update().open().first()
    if known is not None and known.state == State.CONFIRMED:
        letters.send("already_subscribed", request)
        return known
    if known is None:
        known = Subscription.objects.create(contact=contact, is_sample=contact.is_sample)
    else:
        Subscription.objects.filter(pk=known.pk).update(asked_at=timezone.now())
    letters.send("confirm", request)
    return known


@transaction.atomic
def confirm(subscription: Subscription) -> bool:
    """The owner of the address presses the button; false when it was pressed before, or the week is over."""
    now = timezone.now()
    waiting = Subscription.objects.filter(pk=subscription.pk, state=State.PENDING, asked_at__gt=now - CONFIRM_WITHIN)
    if not waiting.update(state=State.CONFIRMED, confirmed_at=now):
        return False
    there = ledger.Circumstances(
        method=ledger.Method.TOKEN_PAGE,
        wordings=ledger.last_wordings(subscription.contact, Purpose.NEWSLETTER),
        policy_version=ledger.policy_version(),
        issued_at=subscription.asked_at,
        used_at=now,
    )
    ledger.enter(subscription.contact, Purpose.NEWSLETTER, Action.CONFIRMED, there)
    return True


@transaction.atomic
def leave(contact: Contact, *, there: ledger.Circumstances = BY_TOKEN) -> bool:
    """Off the list at once, with every address; false when the person is not on it."""
    left = [leave_with(record, there=there) for record in contact.records()]
    return any(left)


@transaction.atomic
def leave_with(contact: Contact, *, there: ledger.Circumstances = BY_TOKEN) -> bool:
    """Off the list with the address of this one record."""
    open_now = contact.subscriptions.open()
    if not open_now.update(state=State.WITHDRAWN, ended_at=timezone.now(), paused_until=None):
        return False
    _withdraw(contact, Purpose.NEWSLETTER, there)
    return True


@transaction.atomic
def come_back(subscription: Subscription) -> bool:
    """“That was a mistake”: a new round, given by whoever holds the letter of the last one."""
    contact, now = subscription.contact, timezone.now()
    ended = subscription.ended_at
    if subscription.state != State.WITHDRAWN or ended is None or now - ended > UNDO_WITHIN:
        return False
    if contact.subscriptions.select_for_update().open().exists():
        return False
    Subscription.objects.create(contact=contact, state=State.CONFIRMED, confirmed_at=now, topics=subscription.topics)
    wordings = ledger.last_wordings(contact, Purpose.NEWSLETTER)
    there = ledger.Circumstances(method=ledger.Method.TOKEN_PAGE, wordings=wordings, used_at=now)
    ledger.enter(contact, Purpose.NEWSLETTER, Action.GIVEN if wordings else Action.CONFIRMED, there)
    return True


@transaction.atomic
def pause(contact: Contact) -> bool:
    """No issue for 90 days; the place on the list stays."""
    return bool(contact.subscriptions.confirmed().update(paused_until=timezone.now() + PAUSE))


@transaction.atomic
def choose_topics(contact: Contact, topics: list[str]) -> bool:
    subscription = contact.subscriptions.select_for_update().confirmed().first()
    if subscription is None:
        return False
    subscription.topics = topics
    subscription.save(update_fields=["topics"])
    return True


@transaction.atomic
def stop_everything(contact: Contact, *, there: ledger.Circumstances = BY_TOKEN) -> None:
    """No letter and no call any more: the list, every consent, and the address itself."""
    for record in contact.records():
        leave_with(record, there=there)
        for purpose in sorted(ledger.allowed_by_record(record) - {Purpose.NEWSLETTER}):
            _withdraw(record, purpose, there)
        if record.email:
            suppress(record.email, Suppression.Reason.ASKED, source="staff" if there.by else "preferences")
    note(contact, TimelineEntry.Kind.PRIVACY, "Asked for no more letters and calls.", by=there.by)


@transaction.atomic
def withdraw(contact: Contact, purpose: str, *, there: ledger.Circumstances = BY_TOKEN) -> bool:
    """Take one consent back, whichever record it was given with; the newsletter's by leaving it."""
    if purpose == Purpose.NEWSLETTER:
        return leave(contact, there=there)
    given = [record for record in contact.records() if purpose in ledger.allowed_by_record(record)]
    for record in given:
        _withdraw(record, purpose, there)
    return bool(given)


def _withdraw(contact: Contact, purpose: str, there: ledger.Circumstances) -> None:
    ledger.enter(contact, purpose, Action.WITHDRAWN, replace(there, used_at=timezone.now()))


def expire_unconfirmed() -> int:
    """End what was not confirmed within its week, each with its entry in the ledger."""
    late = Subscription.objects.filter(state=State.PENDING, asked_at__lte=timezone.now() - CONFIRM_WITHIN)
    return sum(_expire(subscription) for subscription in late.select_related("contact")[:1000])


@transaction.atomic
def _expire(subscription: Subscription) -> bool:
    late = Subscription.objects.filter(
        pk=subscription.pk, state=State.PENDING, asked_at__lte=timezone.now() - CONFIRM_WITHIN
    )
    if not late.update(state=State.EXPIRED, ended_at=timezone.now()):
        return False
    there = ledger.Circumstances(method=ledger.Method.SYSTEM)
    ledger.enter(subscription.contact, Purpose.NEWSLETTER, Action.EXPIRED, there)
    return True
