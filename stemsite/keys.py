"""Field keys as the environment gives them: ``id:base64 of 32 bytes``, a comma list, newest first."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from stemsite.trial import trial_secret

SIZE = 32

_ID = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKey:
    """One master key. ``id`` stands in every value sealed with it; the secret is never shown."""

    id: str
    secret: bytes = field(repr=False)


def parse_field_keys(text: str) -> tuple[FieldKey, ...]:
    """The keys named in ``text``. What is wrong is said by position, never by value."""
    keys = tuple(
        _parse(position, item) for position, item in enumerate(filter(None, map(str.strip, text.split(","))), 1)
    )
    if len({key.id for key in keys}) < len(keys):
        raise ImproperlyConfigured("FIELD_KEYS names one id twice; every key needs its own.")
    return keys


def _parse(position: int, item: str) -> FieldKey:
    name, colon, encoded = item.partition(":")
    if not (colon and _ID.match(name)):
        raise ImproperlyConfigured(f"FIELD_KEYS, entry {position}: write id:base64, the id in letters, digits, - or _.")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImproperlyConfigured(f"FIELD_KEYS, entry {position}: what follows the id is not base64.") from error
    if len(secret) != SIZE:
        raise ImproperlyConfigured(f"FIELD_KEYS, entry {position}: a key is {SIZE} bytes long, this one {len(secret)}.")
    return FieldKey(id=name, secret=secret)


def new_field_key(name: str) -> str:
    """A fresh key as it stands in ``FIELD_KEYS``."""
    return f"{name}:{base64.b64encode(secrets.token_bytes(SIZE)).decode()}"


def trial_field_keys(data_dir: Path) -> tuple[FieldKey, ...]:
    """The key of this trial, made on first use."""
    return parse_field_keys(trial_secret(data_dir, "field_keys", make=lambda: new_field_key("trial")))
