"""Tokens in addresses: signed, bound to one purpose, expiring; what they carry is a row's number, never a person."""

from __future__ import annotations

import datetime

from django.core import signing


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
