"""Letters that were written to files, for those who may read them."""

from __future__ import annotations

import datetime
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from stemsite.access import Role, roles_of

from .files import NAME, folders, paths, read

NEWEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    name: str
    written_at: datetime.datetime
    subject: str
    to: tuple[str, ...]
    text: str = ""


def letters_for(user: Any) -> list[Letter]:
    """The newest letters that ``user`` may read, without their text."""
    return [letter for path in reversed(paths()[-NEWEST:]) for letter in _open(path) if may_read(user, letter.to)]


def letter_for(user: Any, name: str) -> Letter | None:
    """One letter with its text, or none where there is no such letter for ``user``."""
    if not NAME.fullmatch(name):
        return None
    found = (letter for folder in folders() for letter in _open(folder / name, text=True))
    return next((letter for letter in found if may_read(user, letter.to)), None)


def may_read(user: Any, addresses: tuple[str, ...]) -> bool:
    """Letters to staff carry the keys to their accounts: only the owner and the person addressed read those."""
    if Role.OWNER in roles_of(user) or set(addresses) == {user.email.lower()}:
        return True
    return not get_user_model().objects.filter(email__in=addresses).exists()


def _open(path: Path, *, text: bool = False) -> Iterator[Letter]:
    named = NAME.fullmatch(path.name)
    content = read(path) if named is not None and path.is_file() else None
    if named is None or content is None:
        return
    message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(content)
    written_at = datetime.datetime.strptime(named[1], "%Y%m%d-%H%M%S").replace(tzinfo=datetime.UTC)
    yield Letter(
        name=path.name,
        written_at=timezone.localtime(written_at),
        subject=str(message["Subject"] or ""),
        to=tuple(address.lower() for _, address in getaddresses(message.get_all("To", []))),
        text=_words(message) if text else "",
    )


def _words(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return body.get_content() if body is not None else "This letter has no plain text."
