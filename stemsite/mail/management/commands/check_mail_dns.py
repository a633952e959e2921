"""``manage.py check_mail_dns``: what receivers find out about our mail domain, and what to mend."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stemsite.mail.domain import Level, Network, Sending, findings


def sendings() -> list[Sending]:
    """How each of our two senders sends; one where both send alike."""
    pairs = ((settings.DEFAULT_FROM_EMAIL, settings.MAIL_URL), (settings.NEWSLETTER_FROM, settings.NEWSLETTER_MAIL_URL))
    return list(dict.fromkeys(_sending(sender, url) for sender, url in pairs))


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


class Command(BaseCommand):
    help = "Check SPF, DKIM, DMARC, PTR and TLS of the domain that letters come from, and say what to mend."

    def handle(self, *args: Any, **options: Any) -> None:
        bad = 0
        for sending in sendings():
            self.stdout.write(f"Letters from {sending.domain}")
            for finding in findings(sending, Network()):
                bad += finding.level == Level.BAD
                self.stdout.write(f"  {finding.subject:<6}{finding.level:<8}{finding.said}")
                if finding.advice:
                    self.stdout.write(f"  {'':<14}{finding.advice}")
        if bad:
            raise CommandError(f"{bad} to mend before letters reach everybody.")
