"""Tokens in addresses: signed, bound to one purpose, expiring; what they carry is a row's number, never a person."""

from __future__ import annotations

import datetime
import re
from base64 import urlsafe_b64encode

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac


class TokenRefused(Exception):
    """A token that was changed, made for something else, or is too old. Which of them, nobody is told."""


def make_token(purpose: str, row: int) -> str:
    """A token for row ``row``, good for ``purpose`` alone."""
    return signing.dumps(row, salt=f"stemsite.token.{purpose}")


def read_token(purpose: str, token: str, *, within: datetime.timedelta) -> int:
    """The row that ``token`` names; older secrets among the fallbacks still open it (LEAD-45)."""
    try:
        row = signing.loads(token, salt=f"stemsite.token.{purpose}", max_age=within)
    except (signing.BadSignature, ValueError) as error:
        raise TokenRefused from error
    if not isinstance(row, int):
        raise TokenRefused
    return row


# -- short ones, for addresses in letters ----------------------------------------------------
#
# Purpose letter, row and hour of issue in base 62, 128 bits of HMAC: some 30 characters, so that the address of
# one-click unsubscribing stays below the length at which mail headers are broken up (LEAD-45, LEAD-49).

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BEGIN = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
MAC = 22
LONGEST = 1 + 6 + 4 + MAC
"""Of a short token of one of the first 56 billion rows."""

_SHORT = re.compile(rf"([a-z])([0-9A-Za-z]{{1,10}})([0-9A-Za-z]{{4}})([0-9A-Za-z_-]{{{MAC}}})")


def make_short_token(letter: str, row: int) -> str:
    body = f"{letter}{to_base62(row)}{to_base62((timezone.now() - BEGIN) // HOUR):0>4}"
    return f"{body}{_mac(body, settings.SECRET_KEY)}"


def read_short_token(letter: str, token: str, *, within: datetime.timedelta) -> int:
    """The row that ``token`` names for the purpose ``letter``; older secrets among the fallbacks still open it."""
    match = _SHORT.fullmatch(token)
    if match is None or match[1] != letter:
        raise TokenRefused
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(constant_time_compare(match[4], _mac(token[:-MAC], secret)) for secret in secrets):
        raise TokenRefused
    if timezone.now() - (BEGIN + from_base62(match[3]) * HOUR) > within + HOUR:
        raise TokenRefused
    return from_base62(match[2])


def _mac(body: str, secret: str) -> str:
    digest = salted_hmac("stemsite.token.short", body, secret=secret, algorithm="sha256").digest()[:16]
    return urlsafe_b64encode(digest).decode().rstrip("=")


def to_base62(number: int) -> str:
    found = ""
    while number:
        number, rest = divmod(number, 62)
        found = DIGITS[rest] + found
    return found or "0"


def from_base62(text: str) -> int:
    number = 0
    for digit in text:
        number = number * 62 + DIGITS.index(digit)
    return number
