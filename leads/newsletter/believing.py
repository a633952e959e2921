"""Whether receivers would believe that an issue comes from us; if not, it waits or the owner says why not (LEAD-73)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings

from stemsite.access import Action, can
from stemsite.mail import domain
from stemsite.mail.domain import Level, Network
from stemsite.mail.senders import newsletter_sending
from stemsite.publishing.gate import Finding, Refused

OWNERS_WAY = (
    "Mend these first: one letter that is refused spoils the name for the next. The owner may send with a reason."
)


def is_asked() -> bool:
    """On one's own machine, and where letters lie in files, nobody receives anything."""
    return not settings.IS_TRIAL and bool(settings.NEWSLETTER_MAIL_URL)


def doubts() -> Iterator[domain.Finding]:
    """What fails of SPF, DKIM and DMARC. An answer that did not come is no failure: DNS may be away for a moment."""
    if is_asked():
        sending = replace(newsletter_sending(), relay="")  # PTR and TLS are the relay's, and told by the command.
        yield from (found for found in domain.findings(sending, Network()) if found.level == Level.BAD)


def require_believed(*, by: Any, despite: str) -> str:
    """What goes on record of it: empty where all is well, else what failed and why the owner sends all the same.

    Asks the network, so it is called outside every transaction.
    """
    found = list(doubts())
    if not found:
        return ""
    if not (despite.strip() and can(by, Action.SEND_UNBELIEVED)):
        told = (Finding(severity="block", message=f"{one.subject}: {one.said} {one.advice}".strip()) for one in found)
        raise Refused(*told, OWNERS_WAY)
    return f"Sent although {', '.join(one.subject for one in found)} failed: {despite.strip()}"
