"""Personal values unreadable at rest: sealed columns, and keyed indexes to find their rows by.

Values are sealed by AES-256-GCM (NIST SP 800-38D) with a random nonce; the column's name is authenticated with
them, so a value that was moved to another column does not open. Every key of ``FIELD_KEYS`` gives two others by
HKDF (RFC 5869): one that seals, one for indexes. The newest seals and indexes; older ones still open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import idna
import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from stemsite.keys import FieldKey

FORMAT = "s1"
NONCE = 12


class Unreadable(str):
    """What stands in place of a value that cannot be opened. It is never saved over the value."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    id: str
    cipher: AESGCM
    index: bytes


@lru_cache(maxsize=4)
def _derived(keys: tuple[FieldKey, ...]) -> tuple[_Key, ...]:
    return tuple(_Key(id=key.id, cipher=AESGCM(_derive(key, b"seal")), index=_derive(key, b"index")) for key in keys)


def _derive(key: FieldKey, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"stemsite." + purpose).derive(key.secret)


def _keys() -> tuple[_Key, ...]:
    return _derived(tuple(settings.FIELD_KEYS))


# -- sealing ----------------------------------------------------------------------------


def seal(text: str, *, context: str) -> str:
    """``text`` sealed with the newest key for ``context``; what is empty stays empty."""
    if not text:
        return ""
    return f"{newest_prefix()}{base64.urlsafe_b64encode(_encrypt(text.encode(), context)).decode()}"


def unseal(value: str, *, context: str) -> str:
    """What was sealed for ``context``, or ``Unreadable`` where no key opens it."""
    if not value:
        return ""
    try:
        form, key_id, payload = value.split(".")
        sealed = base64.urlsafe_b64decode(payload)
    except (ValueError, binascii.Error):
        return Unreadable("(cannot be read: the stored value is damaged)")
    if form != FORMAT:
        return Unreadable("(cannot be read: the stored value is damaged)")
    try:
        return _decrypt(sealed, key_id, context).decode()
    except KeyError:
        return Unreadable(f"(cannot be read: key {key_id[:32]} is missing)")
    except (InvalidTag, ValueError):
        return Unreadable("(cannot be read: wrong key, or the stored value is damaged)")


def seal_bytes(data: bytes, *, context: str) -> bytes:
    """As ``seal``, for the whole of a file."""
    return newest_prefix().encode() + _encrypt(data, context)


def unseal_bytes(data: bytes, *, context: str) -> bytes | None:
    """The file's content, or none where no key opens it."""
    form, _, rest = data.partition(b".")
    key_id, _, sealed = rest.partition(b".")
    try:
        return _decrypt(sealed, key_id.decode("ascii", "replace"), context) if form == FORMAT.encode() else None
    except (KeyError, InvalidTag, ValueError):
        return None


def newest_prefix() -> str:
    """What every value begins with that is sealed with the newest key."""
    return f"{FORMAT}.{_keys()[0].id}."


def _encrypt(data: bytes, context: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + _keys()[0].cipher.encrypt(nonce, data, context.encode())


def _decrypt(sealed: bytes, key_id: str, context: str) -> bytes:
    ciphers = {key.id: key.cipher for key in _keys()}
    return ciphers[key_id].decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())


# -- indexes ----------------------------------------------------------------------------


def normal_email(address: str) -> str:
    """NFKC, lower case, the domain in IDNA; a plus-tag is part of the address."""
    address = unicodedata.normalize("NFKC", address).strip().lower()
    local, at, domain = address.rpartition("@")
    if domain.isascii():  # IDNA leaves such a domain as it is, or refuses it; asking costs more than all the rest.
        return address
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode()}" if at else address
    except idna.IDNAError:
        return address


def normal_phone(number: str) -> str:
    """E.164, read with the clinic's country where the number names none; what is no number keeps its digits."""
    try:
        parsed = phonenumbers.parse(number, settings.PHONE_REGION)
    except phonenumbers.NumberParseException:
        return "".join(sign for sign in number if sign.isdigit())
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def normal_text(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


_NORMAL: dict[str, Callable[[str], str]] = {"email": normal_email, "phone": normal_phone, "text": normal_text}


def digest(kind: str, value: str) -> str:
    """What an index is made from: the SHA-256 of the normalised value.

    A row that may not keep the value itself keeps this one sealed, so that its index can still move to a new key.
    """
    return hashlib.sha256(f"{kind}\0{_NORMAL[kind](value)}".encode()).hexdigest()


def index_values(kind: str, value: str) -> tuple[str, ...]:
    """The index of ``value`` under every key, newest first. Rows are looked up with all of them (``__in``).

    ``kind`` is ``email``, ``phone``, ``text``, or ``digest`` for what ``digest`` gave.
    """
    message = (value if kind == "digest" else digest(kind, value)).encode()
    return tuple(
        f"{key.id}.{base64.urlsafe_b64encode(hmac.digest(key.index, message, 'sha256')).decode().rstrip('=')}"
        for key in _keys()
    )


def index_value(kind: str, value: str) -> str:
    """The index of ``value`` under the newest key, as new rows carry it."""
    return index_values(kind, value)[0]


# -- fields -----------------------------------------------------------------------------


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that is sealed in its column. It is found by a ``BlindIndexField`` beside it, never by itself.

    The field object holds no state but its names, so any number of threads may read through it.
    """

    description = "Sealed text"

    @property
    def context(self) -> str:
        return f"{self.model._meta.app_label}.{self.model._meta.model_name}.{self.name}"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else self.opened(unseal(value, context=self.context))

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Unreadable):
            raise ValueError(f"{self.context} could not be read, so it is not saved over.")
        if isinstance(value, str) and value.startswith(f"{FORMAT}."):
            # From a fixture: what opens for this column is stored as it stands.
            return value if not isinstance(unseal(value, context=self.context), Unreadable) else self._sealed(value)
        return self._sealed(value)

    def _sealed(self, value: Any) -> str:
        return seal(self.closed(value), context=self.context)

    def closed(self, value: Any) -> str:
        """The text that is sealed for ``value``."""
        return str(value)

    def opened(self, text: str) -> Any:
        """The value that ``text`` stands for."""
        return text

    def value_to_string(self, obj: models.Model) -> str:
        """Fixtures hold the sealed value: no export by accident shows a person."""
        sealed: str = self.get_prep_value(self.value_from_object(obj))
        return sealed

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed: look rows up by an index of it, not by {lookup_name}.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        return None

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        problems = super().check(**kwargs)
        if self.unique or getattr(self, "db_index", False) or self.primary_key:
            problems.append(checks.Error("A sealed column cannot be indexed.", obj=self, id="stemsite.E020"))
        return problems


class SealedJSONField(SealedTextField):
    """A value of plain JSON that is sealed in its column; what is empty (``{}``, ``[]``, ``""``) stays empty."""

    description = "Sealed JSON"

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def closed(self, value: Any) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False) if value else ""

    def opened(self, text: str) -> Any:
        if isinstance(text, Unreadable):
            return text
        return json.loads(text) if text else self.get_default()

    def to_python(self, value: Any) -> Any:
        return value


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """The keyed index of the sealed field ``source``, kept by every save: equality and nothing else.

    It is null while ``source`` is empty. ``kind`` says how the value is normalised (``index_values``).
    """

    description = "Keyed index of a sealed field"

    def __init__(self, *args: Any, source: str, kind: str, **kwargs: Any) -> None:
        self.source = source
        self.kind = kind
        super().__init__(*args, **{"max_length": 80, "null": True, "editable": False, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source, "kind": self.kind}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.source)
        if not isinstance(value, Unreadable):
            setattr(model_instance, self.attname, index_value(self.kind, value) if value else None)
        return getattr(model_instance, self.attname)
