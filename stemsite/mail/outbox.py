"""Queueing letters in the caller's transaction, and taking them back."""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import timezone

from stemsite.audit.recording import record
from stemsite.clinic.models import Clinic
from stemsite.crypto import index_values

from .models import Delivery, DeliveryQuerySet
from .models.delivery import NEWSLETTER, TRANSACTIONAL


def queue_for(
    kind: str,
    reference: str,
    *,
    recipient: str = "",
    mailer: str = "transactional",
    priority: int | None = None,
    due_at: datetime.datetime | None = None,
    pin: Mapping[str, Any] | None = None,
    batch: str = "",
    is_sample: bool = False,
) -> Delivery:
    """Queue a letter that its registered builder writes when it is sent; once per kind and reference.

    ``recipient`` (sealed, with a blind index) lets staff find a person's letters and erasure empty them. ``reference``
    and ``batch`` name rows, never a person or a condition; ``pin`` (sealed) names the content promised. A newsletter's
    ``priority`` is below nought, any other's is not.
    """
    fields = {"due_at": due_at, "priority": priority}
    return _queue(
        kind,
        reference,
        recipient=recipient,
        mailer=mailer,
        pin=dict(pin or {}),
        batch=batch,
        is_sample=is_sample,
        **{name: value for name, value in fields.items() if value is not None},
    )


def queue_many(
    kind: str,
    letters: Iterable[tuple[str, str]],
    *,
    batch: str,
    mailer: str = "newsletter",
    due_at: datetime.datetime | None = None,
    pin: Mapping[str, Any] | None = None,
    is_sample: bool = False,
) -> int:
    """Queue one letter per reference and recipient in one statement; those queued already are left alone (LEAD-77)."""
    common: dict[str, Any] = {
        "kind": kind,
        "batch": batch,
        "mailer": mailer,
        "priority": NEWSLETTER if mailer == "newsletter" else TRANSACTIONAL,
        "due_at": due_at or timezone.now(),
        "pin": dict(pin or {}),
        "is_sample": is_sample,
    }
    rows = [
        Delivery(reference=reference, recipient=recipient, message_id=_message_id(), **common)
        for reference, recipient in letters
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def queue(
    kind: str,
    *,
    to: str,
    reference: str,
    context: Mapping[str, Any],
    mailer: str = "transactional",
    is_sample: bool = False,
) -> Delivery:
    """Queue a letter to staff, written now from ``templates/mail/<kind>.{subject.txt,txt,html}``."""
    subject, text, html = render(kind, context)
    return queue_message(
        kind, to=to, reference=reference, subject=subject, text=text, html=html, mailer=mailer, is_sample=is_sample
    )


def queue_message(
    kind: str,
    *,
    to: str,
    reference: str,
    subject: str,
    text: str,
    html: str = "",
    mailer: str = "transactional",
    is_sample: bool = False,
) -> Delivery:
    """Queue a letter whose words are already there, sealed; asked for twice, it is queued once."""
    letter = {"subject": " ".join(subject.split())[:200], "text": text, "html": html}
    return _queue(kind, reference, recipient=to, letter=letter, mailer=mailer, is_sample=is_sample)


def render(kind: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of the letter ``kind``; without a template of its own the HTML is empty."""
    clinic = Clinic.current()
    values = {**context, "clinic": clinic, "address_lines": clinic.address.splitlines(), "site_url": settings.SITE_URL}
    subject = " ".join(render_to_string(f"mail/{kind}.subject.txt", values).split())
    html: str = ""
    with contextlib.suppress(TemplateDoesNotExist):
        html = render_to_string(f"mail/{kind}.html", {**values, "subject": subject, "lang": "en"})
    return subject, render_to_string(f"mail/{kind}.txt", values), html


def letters_to(address: str) -> DeliveryQuerySet:
    """Every letter to ``address``, in no order, whichever key its index was made with (LEAD-68)."""
    return Delivery.objects.filter(recipient_index__in=index_values("email", address))


def cancel(delivery: Delivery, *, verdict: str = "", by: Any = None) -> bool:
    """Take back a letter that waits or is parked; false when it is in hand, sent or ended otherwise."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state__in=(Delivery.State.QUEUED, Delivery.State.PARKED))
    with transaction.atomic():
        done = waiting.update(state=Delivery.State.CANCELLED, finished_at=timezone.now(), verdict=verdict)
        if done and by is not None:
            record("took a letter back", by=by, obj=delivery)
    return bool(done)


@transaction.atomic
def erase_letters(address: str) -> int:
    """Empty every letter to ``address`` of what is personal, and take back those not sent yet (LEAD-115).

    A letter in hand loses its lease, so that its worker stops before it is handed over.
    """
    letters = letters_to(address)
    unsent = (Delivery.State.QUEUED, Delivery.State.LEASED, Delivery.State.PARKED)
    letters.filter(state__in=unsent).update(
        state=Delivery.State.CANCELLED, verdict="erased", finished_at=timezone.now(), lease_token=None, lease_until=None
    )
    return letters.update(recipient="", recipient_index=None, pin={}, letter={})


def _queue(kind: str, reference: str, **fields: Any) -> Delivery:
    delivery, _ = Delivery.objects.get_or_create(
        kind=kind, reference=reference, defaults={**fields, "message_id": _message_id()}
    )
    return delivery


def _message_id() -> str:
    return f"<{uuid.uuid4()}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"
