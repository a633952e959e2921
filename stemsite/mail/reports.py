"""Delivery reports and complaints, read from a message (RFC 3464, RFC 5965): pure, and nothing of it is kept."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import getaddresses
from typing import Any

from .outcomes import enhanced_code

ENVELOPE_HEADERS = ("X-Original-To", "Delivered-To", "Envelope-To", "To")
LARGEST = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one message says. ``addresses``: where it was sent to, one of which names our letter."""

    addresses: tuple[str, ...]
    is_complaint: bool = False
    has_failed: bool = False
    """For good, or after trying for days; a mere delay is neither."""
    code: int = 0
    text: str = ""


def parse(raw: bytes, *, recipient: str = "") -> Report | None:
    """The report in ``raw``, or none where it is none. ``recipient``: to whom the mail server says it came."""
    message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(raw[:LARGEST])
    addresses = tuple(filter(None, (recipient, *_addresses(message))))
    if message.get_content_type() != "multipart/report":
        return None
    kind = str(message.get_param("report-type", "")).lower()
    if kind == "feedback-report":
        return Report(addresses=addresses, is_complaint=True)
    for part in message.walk():
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            return _of_status(addresses, part)
    return None


def _addresses(message: Message) -> list[str]:
    values: list[str] = []
    for name in ENVELOPE_HEADERS:
        try:
            values += [str(value) for value in message.get_all(name, [])]
        except (ValueError, IndexError, AttributeError):  # The standard library stumbles over some broken headers.
            continue
    return [address for _, address in getaddresses(values, strict=False)]


def _of_status(addresses: tuple[str, ...], part: Any) -> Report:
    """The first recipient that failed; groups of fields are messages of their own in the standard library."""
    payload = part.get_payload()
    groups = payload if isinstance(payload, list) else []
    for group in groups:
        if _field(group, "Action").lower() != "failed":
            continue
        status = enhanced_code(_field(group, "Status"))
        diagnosis = _field(group, "Diagnostic-Code").partition(";")[2].strip()
        code, words = _code_of(diagnosis)
        text = words if enhanced_code(words) else f"{status} {words}".strip()
        return Report(addresses=addresses, has_failed=True, code=code or (450 if status[:1] == "4" else 550), text=text)
    return Report(addresses=addresses)


def _code_of(diagnosis: str) -> tuple[int, str]:
    """``550 5.1.1 no such user`` -> 550 and the rest."""
    first, _, rest = diagnosis.replace("-", " ", 1).partition(" ") if diagnosis[:3].isdecimal() else ("", "", diagnosis)
    return (int(first), rest.strip()) if len(first) == 3 else (0, diagnosis)


def _field(group: Any, name: str) -> str:
    try:
        return " ".join(str(group.get(name, "")).split())
    except (ValueError, IndexError, AttributeError):
        return ""
