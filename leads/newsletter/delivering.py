"""The letter of an issue to one reader, written when it is sent, and what became of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from stemsite.clinic.models import Clinic
from stemsite.mail.bounces import is_complaint
from stemsite.mail.kinds import Built, Letter, NotAnyMore, NotNow, register_builder
from stemsite.mail.models import Delivery

from .. import ledger, links, subscribing
from ..models import Contact, IssueEdition, IssueRun, NewsletterIssue, Subscription
from . import workflow
from .composing import addressed
from .standing import what_moved
from .steps import State

KIND = "newsletter"
LOOK_AGAIN = datetime.timedelta(minutes=1)
BOUNCING = frozenset({"no mailbox", "mailbox refused", "taken for spam"})
"""Verdicts of a mail server that refuses the address or the mail as such."""


def reference(issue: NewsletterIssue, contact_id: int) -> str:
    """Of the one letter that a person gets of an issue."""
    return f"{issue.pk}-{contact_id}"


def build(delivery: Delivery) -> Built:
    """Look once more whether it may go: the issue, what it tells of, and the person (LEAD-57)."""
    issue_id, contact_id = _named(delivery.reference)
    issue = NewsletterIssue.objects.select_related("edition", "run").filter(pk=issue_id).first()
    if issue is None or issue.edition is None or issue.state in {State.CANCELLED, State.FINISHED}:
        return NotAnyMore(reason="the issue is over")
    if issue.state != State.SENDING:
        return NotNow(until=timezone.now() + LOOK_AGAIN)
    subscription = Subscription.objects.to_be_mailed().filter(contact_id=contact_id).select_related("contact").first()
    if subscription is None or subscription.contact.is_erased or not subscription.contact.email:
        return NotAnyMore(reason="not on the list", outcome="suppressed")
    if moved := what_moved(issue.edition, since=issue.run.stands_since):
        workflow.stop(issue, because=moved)
        return NotNow(until=timezone.now() + LOOK_AGAIN)
    leave = links.leave_url(subscription)
    preferences = links.preferences_url(subscription.contact)
    return letter(issue.edition, to=subscription.contact.email, leave=leave, preferences=preferences)


def letter(edition: IssueEdition, *, to: str, leave: str, preferences: str, subject: str = "") -> Letter:
    return Letter(
        to=("", to),
        subject=subject or edition.subject,
        text=addressed(edition.text, leave=leave, preferences=preferences),
        html=addressed(edition.html, leave=leave, preferences=preferences),
        headers=headers(leave),
    )


def headers(leave: str) -> Mapping[str, str]:
    """Exactly these three, so that one click in a mail program leaves the list (LEAD-48, RFC 8058, RFC 2919)."""
    return {
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": list_id(),
    }


def list_id() -> str:
    """``"Example Clinic" <news.clinic.example>``: letters that a header can carry as they are."""
    name = "".join(
        char for char in Clinic.current().name if char.isascii() and char.isprintable() and char not in '"\\'
    )
    return f'"{" ".join(name.split())}" <news.{urlsplit(settings.SITE_URL).hostname}>'


def settled(delivery: Delivery) -> None:
    """Count the outcome where the sending stands, in the transaction of the outcome itself (LEAD-79)."""
    issue_id, contact_id = _named(delivery.reference)
    run = IssueRun.objects.filter(issue_id=issue_id)
    if is_complaint(delivery):
        run.update(complaints=F("complaints") + 1)
        _leave(contact_id)
    elif delivery.bounced_at is not None:
        run.update(bounces=F("bounces") + 1)
    elif delivery.state == Delivery.State.SENT:
        run.update(sent=F("sent") + 1, errors_in_row=0, last_sent_at=timezone.now())
    elif delivery.state == Delivery.State.FAILED:
        bounced = 1 if delivery.verdict in BOUNCING else 0
        run.update(failed=F("failed") + 1, bounces=F("bounces") + bounced, errors_in_row=F("errors_in_row") + 1)
    elif delivery.state == Delivery.State.SUPPRESSED:
        run.update(suppressed=F("suppressed") + 1)
    elif delivery.state == Delivery.State.CANCELLED:
        run.update(cancelled=F("cancelled") + 1)


def _leave(contact_id: int) -> None:
    """Who called it unwanted is off the list (LEAD-72)."""
    contact = Contact.objects.filter(pk=contact_id).first()
    if contact is not None:
        subscribing.leave(contact, there=ledger.Circumstances(method=ledger.Method.SYSTEM))


def sample() -> Letter:
    """The newest edition to a sample person, for the preview of letters."""
    edition = IssueEdition.objects.order_by("-pk").first()
    address = "sample@example.org"
    if edition is None:
        return Letter(to=("", address), subject="Newsletter", text="No issue has been written yet.\n")
    return letter(edition, to=address, **sample_links())


def sample_links() -> dict[str, str]:
    """Addresses as long as real ones that open nothing."""
    return {
        "leave": f"{settings.SITE_URL}/u/u0-0-{'0' * 22}",
        "preferences": f"{settings.SITE_URL}/p/p0-0-{'0' * 22}",
    }


def _named(text: str) -> tuple[int, int]:
    issue, _, contact = text.partition("-")
    return int(issue), int(contact)


def register() -> None:
    register_builder(KIND, build, label="Newsletter issue", settled=settled, sample=sample, mailer="newsletter")
