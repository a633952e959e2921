"""Queueing letters in the caller's transaction, and sending them from the worker's mail lane."""

from __future__ import annotations

import contextlib
import logging
import smtplib
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import timezone

from stemsite.clinic.models import Clinic
from stemsite.tasks.worker import renewing

from .models import Delivery

BATCH = 20

logger = logging.getLogger(__name__)


def queue(
    kind: str,
    *,
    to: str,
    reference: str,
    context: Mapping[str, Any],
    mailer: str = "default",
    is_sample: bool = False,
) -> Delivery:
    """Queue the message ``kind``, built from ``templates/mail/<kind>.{subject.txt,txt,html}``; once per reference."""
    clinic = Clinic.current()
    values = {**context, "clinic": clinic, "address_lines": clinic.address.splitlines(), "site_url": settings.SITE_URL}
    subject = " ".join(render_to_string(f"mail/{kind}.subject.txt", values).split())
    html: str = ""
    with contextlib.suppress(TemplateDoesNotExist):
        html = render_to_string(f"mail/{kind}.html", values)
    text = render_to_string(f"mail/{kind}.txt", values)
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
    mailer: str = "default",
    is_sample: bool = False,
) -> Delivery:
    """Queue a letter whose words are already there; asked for twice, it is queued once."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    delivery, _ = Delivery.objects.get_or_create(
        kind=kind,
        reference=reference,
        defaults={
            "to": to,
            "subject": " ".join(subject.split())[:200],
            "text": text,
            "html": html,
            "mailer": mailer,
            "is_sample": is_sample,
            "message_id": f"<{uuid.uuid4()}@{host}>",
        },
    )
    return delivery


def send_due() -> int:
    """Send what is due, a batch at a time; each row is claimed, so two workers send it once."""
    sent = 0
    while sent < BATCH and (delivery := Delivery.objects.claim_next()) is not None:
        send(delivery)
        sent += 1
    return sent


def send(delivery: Delivery) -> None:
    """Hand one claimed letter to its mailer and keep the outcome. The Message-ID stays the same at every try."""
    try:
        with renewing(delivery):
            message(delivery).send(using=delivery.mailer)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        delivery.fail(f"The address was refused ({codes}).", final=all(code >= 500 for code in codes))
    except smtplib.SMTPDataError as error:
        delivery.fail(f"The mail server refused the letter ({error.smtp_code}).", final=error.smtp_code >= 500)
    except smtplib.SMTPResponseException as error:
        # Login, sender and greeting are the site's own affair: the letter waits until that is mended.
        delivery.fail(f"The mail server answered {error.smtp_code}.")
    except (smtplib.SMTPException, OSError) as error:
        delivery.fail(f"The mail server could not be reached ({type(error).__name__}).")
    except Exception as error:
        logger.exception("letter %s could not be sent", delivery.pk)
        delivery.fail(f"The letter could not be put together ({type(error).__name__}).")
    else:
        delivery.finish()


def message(delivery: Delivery) -> EmailMultiAlternatives:
    letter = EmailMultiAlternatives(
        subject=delivery.subject,
        body=delivery.text,
        to=[delivery.to],
        headers={"Message-ID": delivery.message_id, "Date": _date(delivery)},
    )
    if delivery.html:
        letter.attach_alternative(delivery.html, "text/html")
    return letter


def _date(delivery: Delivery) -> str:
    return timezone.localtime(delivery.queued_at).strftime("%a, %d %b %Y %H:%M:%S %z")
