"""Under which names our letters leave, as receivers look them up."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings

from .domain import Sending


def sendings() -> list[Sending]:
    """How each of our two senders sends; one where both send alike."""
    letters = _sending(settings.DEFAULT_FROM_EMAIL, settings.MAIL_URL)
    return list(dict.fromkeys((letters, newsletter_sending())))


def newsletter_sending() -> Sending:
    return _sending(settings.NEWSLETTER_FROM, settings.NEWSLETTER_MAIL_URL)


def _sending(sender: str, url: str) -> Sending:
    relay = urlsplit(url)
    return Sending(
        domain=_domain(sender),
        envelope=_domain(settings.MAIL_BOUNCES),
        selector=settings.MAIL_DKIM_SELECTOR,
        relay=relay.hostname or "",
        port=relay.port or (465 if relay.scheme == "smtps" else 25),
        tls_at_once=relay.scheme == "smtps",
    )


def _domain(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2].lower()
