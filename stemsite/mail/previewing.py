"""A letter as a sample person would get it, and what is wrong with it (LEAD-67)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from stemsite.clinic.models import Clinic

from .composing import compose
from .kinds import Kind, Letter
from .models import Delivery

LONGEST_SUBJECT = 78
LONGEST_LINE = 998
UNSUBSCRIBE = ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id")

_LINK = re.compile(r"https?://[^\s<>\"')]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    subject: str
    sender: str
    to: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    links: tuple[str, ...]
    attachments: tuple[str, ...]
    warnings: tuple[str, ...]


def preview(kind: Kind, letter: Letter) -> Preview:
    now = timezone.now()
    delivery = Delivery(pk=0, kind=kind.name, mailer=kind.mailer, message_id="<preview@localhost>", queued_at=now)
    composed = compose(delivery, letter)
    html = str(composed.alternatives[0][0])
    message, text = composed.message(), str(composed.body)
    shown = [(name, str(value)) for name, value in message.items() if name not in {"Subject", "From", "To"}]
    return Preview(
        subject=str(composed.subject),
        sender=str(message["From"]),
        to=str(message["To"]),
        headers=tuple((name, value) for name, value in shown if not name.startswith(("Content-", "MIME-"))),
        text=text,
        html=html,
        links=tuple(dict.fromkeys([*_LINK.findall(text), *_parts(html).links])),
        attachments=tuple(attachment.name for attachment in letter.attachments),
        warnings=tuple(warnings(kind, composed, html)),
    )


def warnings(kind: Kind, composed: EmailMultiAlternatives, html: str) -> list[str]:
    """What a reader, a law or a mail program would mind, in words."""
    parts = _parts(html)
    found = [*_address_warnings(str(composed.body), html)]
    if len(composed.subject) > LONGEST_SUBJECT:
        found.append(f"The subject is longer than {LONGEST_SUBJECT} characters; phones cut it.")
    if any(len(line.encode()) > LONGEST_LINE for line in composed.message().as_bytes().decode().splitlines()):
        found.append(f"A line is longer than {LONGEST_LINE} octets.")
    if not parts.lang:
        found.append("The HTML does not say its language.")
    if parts.loads:
        found.append(f"The HTML loads something from elsewhere: {', '.join(sorted(parts.loads))}.")
    host = urlsplit(settings.SITE_URL).hostname
    foreign = {urlsplit(link).hostname or link for link in parts.links if link.startswith("http")} - {host}
    if foreign:
        found.append(f"Links lead to other sites: {', '.join(sorted(foreign))}.")
    missing = [name for name in UNSUBSCRIBE if name not in composed.extra_headers]
    if kind.mailer == "newsletter" and missing:
        found.append(f"A newsletter needs {', '.join(missing)}.")
    return found


def _address_warnings(text: str, html: str) -> list[str]:
    lines = [line for line in Clinic.current().address.splitlines() if line.strip()]
    if not lines:
        return ["The clinic's record has no postal address; every letter needs one."]
    plain = _parts(html).words
    missing = [name for name, words in (("text", text), ("HTML", plain)) if any(line not in words for line in lines)]
    return [f"The postal address is missing from the {' and the '.join(missing)}."] if missing else []


class _Parts(HTMLParser):
    """What an HTML body links to and loads, its language, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: set[str] = set()
        self.lang = ""
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = values.get("lang", "")
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in {"img", "script", "link", "iframe", "video", "audio", "object", "embed"} or "background" in values:
            self.loads.add(tag)
        if "url(" in values.get("style", ""):
            self.loads.add("style")

    def handle_data(self, data: str) -> None:
        self.words += data


def _parts(html: str) -> _Parts:
    parts = _Parts()
    parts.feed(html)
    parts.close()
    return parts
