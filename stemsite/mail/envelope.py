"""The sender on the envelope of each letter: where its bounce comes back to, and which letter that was (LEAD-65)."""

from __future__ import annotations

import re
from email.utils import parseaddr

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_TAG = re.compile(r"\+b(\d{1,18})-([0-9a-f]{20})@", re.IGNORECASE)


def sender_for(number: int) -> str:
    """``bounces+b42-<proof>@clinic.example``: a number and its proof, nothing about the person."""
    local, _, domain = parseaddr(settings.MAIL_BOUNCES)[1].rpartition("@")
    return f"{local}+b{number}-{_proof(number, settings.SECRET_KEY)}@{domain}"


def number_of(address: str) -> int | None:
    """The letter that ``address`` belongs to, or none when nothing of ours made it."""
    found = _TAG.search(address)
    if found is None:
        return None
    number, proof = int(found[1]), found[2].lower()
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return number if any(constant_time_compare(proof, _proof(number, secret)) for secret in secrets) else None


def _proof(number: int, secret: str) -> str:
    return salted_hmac("stemsite.mail.envelope", str(number), secret=secret, algorithm="sha256").hexdigest()[:20]
