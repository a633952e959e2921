"""What makes a password acceptable: its length, and that nobody would guess it. No rules of composition (SEC-12)."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from .models import LONG_PASSWORD
from .second_factor import has_second_factor

WITH_SECOND_FACTOR = 8
MOST = 1000

_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")


class LengthValidator:
    """15 characters, or 8 where a second factor stands beside the password."""

    def validate(self, password: str, user: Any = None) -> None:
        least = self._least(user)
        if len(password) < least:
            raise ValidationError(f"This password is too short: it needs {least} characters.", code="too_short")
        if len(password) > MOST:
            raise ValidationError(f"This password is longer than {MOST} characters.", code="too_long")

    def get_help_text(self) -> str:
        if settings.STAFF_MFA == "required":
            return f"At least {WITH_SECOND_FACTOR} characters. Several words in a row are easy to remember."
        return (
            f"At least {LONG_PASSWORD} characters, or {WITH_SECOND_FACTOR} once your account has a second factor."
            " Several words in a row are easy to remember."
        )

    def _least(self, user: Any) -> int:
        has_factor = settings.STAFF_MFA == "required" or (user is not None and has_second_factor(user))
        return WITH_SECOND_FACTOR if has_factor else LONG_PASSWORD


class BlocklistValidator:
    """Refuses what stands on every attacker's list: common passwords, runs, repetitions, one's own name."""

    def __init__(self) -> None:
        self.common: set[str] = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        text = unicodedata.normalize("NFKC", password).casefold().strip()
        if self._is_common(text) or _is_run(text) or _is_mostly(text, _own_words(user)):
            raise ValidationError("This password is one of the first that would be guessed.", code="guessable")

    def get_help_text(self) -> str:
        return "Not a password that many people use, and not your own name or address."

    def _is_common(self, text: str) -> bool:
        """On the list, as it stands or said more than once, with or without digits at its end."""
        unit = _repeated_unit(text)
        return any(item in self.common for item in (text, unit, unit.rstrip("0123456789!.?"))) or len(set(text)) < 4


def _repeated_unit(text: str) -> str:
    """The shortest part that makes up ``text`` when said again and again, or all of it."""
    for size in range(1, len(text) // 2 + 1):
        if len(text) % size == 0 and text[:size] * (len(text) // size) == text:
            return text[:size]
    return text


def _is_run(text: str) -> bool:
    """Whether ``text`` is only runs along the alphabet, the digits or the keyboard, such as qwertyuiop12345."""
    pairs = ["".join(pair) for pair in itertools.pairwise(text)]
    steps = sum(any(pair in row or pair[::-1] in row for row in _ROWS) for pair in pairs)
    return len(text) > 1 and steps >= (len(text) - 1) * 0.8


def _own_words(user: Any) -> list[str]:
    if user is None:
        return []
    texts = (user.email, user.first_name, user.last_name, settings.SITE_URL.partition("://")[2])
    return [word for text in texts for word in re.split(r"\W+", text.casefold()) if len(word) >= 3]


def _is_mostly(text: str, words: list[str]) -> bool:
    """Whether less than half of ``text`` is left when ``words`` are taken out of it."""
    rest = text
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) * 2 < len(text)
