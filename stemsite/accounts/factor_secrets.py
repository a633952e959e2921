"""Secrets of second factors under seal: whoever reads the database cannot make anybody's codes (SEC-13)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from allauth.mfa.totp.internal.auth import generate_totp_secret

from stemsite.crypto import FORMAT, Unreadable, newest_prefix, seal, unseal
from stemsite.resealing import Left

CONTEXT = "mfa.authenticator.secret"
SECRETS = ("secret", "seed")

logger = logging.getLogger(__name__)


def close(text: str) -> str:
    return seal(text, context=CONTEXT)


def open_(stored: str) -> str:
    """The secret; one of an older release lay there in clear. What no key opens fits no code, and breaks no login."""
    if not stored.startswith(f"{FORMAT}."):
        return stored
    text = unseal(stored, context=CONTEXT)
    if isinstance(text, Unreadable):
        logger.error("the secret of a second factor cannot be read: a field key is missing")
        return str(generate_totp_secret())
    return text


def reseal() -> Iterator[Left]:
    """Every secret under the newest key, those in clear as well."""
    from allauth.mfa.models import Authenticator

    yield Left(table="mfa_authenticator", rows=sum(not seal_row(row) for row in Authenticator.objects.all()))


def seal_row(row: Any) -> bool:
    """Reseal one authenticator; false when it needs a key that is not there."""
    fresh = {**row.data, **{name: _fresh(row.data[name]) for name in SECRETS if name in row.data}}
    if any(fresh[name] is None for name in SECRETS if name in fresh):
        return False
    if fresh != row.data:
        # Only while nobody used a recovery code meanwhile.
        type(row)._default_manager.filter(pk=row.pk, data=row.data).update(data=fresh)
    return True


def _fresh(stored: str) -> str | None:
    if stored.startswith(newest_prefix()):
        return stored
    text = unseal(stored, context=CONTEXT) if stored.startswith(f"{FORMAT}.") else stored
    return None if isinstance(text, Unreadable) else seal(text, context=CONTEXT)
