"""A letter as it travels: headers, both bodies, the envelope (LEAD-65)."""

from __future__ import annotations

from email.headerregistry import Address
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from stemsite.clinic.models import Clinic

from .envelope import sender_for
from .kinds import Letter
from .models import Delivery


def compose(delivery: Delivery, letter: Letter) -> EmailMultiAlternatives:
    """``letter`` made ready to go. Raises ``ValueError`` for what cannot be a letter, such as a broken address."""
    clinic = Clinic.current()
    name, address = letter.to
    is_newsletter = delivery.mailer == "newsletter"
    headers = {
        "From": mailbox(clinic.name, settings.NEWSLETTER_FROM if is_newsletter else settings.DEFAULT_FROM_EMAIL),
        "Message-ID": delivery.message_id,
        "Date": format_datetime(timezone.localtime(delivery.queued_at)),
        "Content-Language": letter.lang,
        **({} if is_newsletter else {"Auto-Submitted": "auto-generated"}),
        **letter.headers,
    }
    composed = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split()),
        body=letter.text,
        from_email=sender_for(delivery.pk),
        to=[mailbox(name, address)],
        reply_to=[mailbox(clinic.name, clinic.email)] if clinic.email else None,
        headers=headers,
    )
    composed.attach_alternative(letter.html or laid_out(letter), "text/html")
    for attachment in letter.attachments:
        composed.attach(attachment.name, attachment.content, attachment.media_type)
    return composed


def laid_out(letter: Letter) -> str:
    """The text of ``letter`` as plain HTML: paragraphs, links, and what follows the last ``--`` as foot."""
    text, _, foot = letter.text.rpartition("\n--\n")
    body = {"text": text, "foot": foot} if text else {"text": letter.text, "foot": ""}
    values = {"subject": letter.subject, "lang": letter.lang, **body}
    return render_to_string("mail/plain_letter.html", values)


def mailbox(name: str, address: str) -> str:
    """``"Clinic, Inc." <a@b.c>``, quoted by the standard library; a name that cannot stand there is left out."""
    given, plain = parseaddr(address)
    local, at, domain = (plain or address).rpartition("@")
    if not at:
        raise ValueError("An address needs an @.")
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in given or name).split())[:120]
    if not local.isascii():  # The standard library builds no such address, but writes one that it is given.
        return (
            f'"{shown.replace(chr(34), "").replace(chr(92), "")}" <{local}@{domain}>' if shown else f"{local}@{domain}"
        )
    return str(Address(display_name=shown, username=local, domain=domain))
