"""A site without a mail server: one file for each letter, sealed with the field keys."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.crypto import get_random_string

from stemsite.crypto import newest_prefix, seal_bytes, unseal_bytes
from stemsite.resealing import Left

BACKEND = "stemsite.mail.files.FileBackend"
CONTEXT = "mail.file"
NAME = re.compile(r"(\d{8}-\d{6})-[A-Za-z0-9]{8}\.letter")


class FileBackend(BaseEmailBackend):
    """Writes letters as files that only the site's own user can read, and nobody without the keys (SEC-13)."""

    def __init__(self, file_path: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(file_path)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for letter in email_messages:
            name = f"{timezone.now():%Y%m%d-%H%M%S}-{get_random_string(8)}.letter"
            _write(self.folder / name, letter.message().as_bytes())
        return len(email_messages)


def is_filed(mailer: str) -> bool:
    """Whether letters of ``mailer`` are written to files, because no mail server is set."""
    return bool(settings.MAILERS[mailer]["BACKEND"] == BACKEND)


def folders() -> tuple[Path, ...]:
    """Every folder that letters are written to."""
    found = {Path(options["OPTIONS"]["file_path"]) for name, options in settings.MAILERS.items() if is_filed(name)}
    return tuple(sorted(found))


def paths() -> list[Path]:
    """The files, oldest first."""
    found = (path for folder in folders() for path in folder.glob("*.letter") if NAME.fullmatch(path.name))
    return sorted(found, key=lambda path: path.name)


def read(path: Path) -> bytes | None:
    """The letter in a file, or none where no key opens it."""
    return unseal_bytes(path.read_bytes(), context=CONTEXT)


def reseal() -> Iterator[Left]:
    """Letters under the newest key; those of an older release, which lay there in clear, as well."""
    left = 0
    for folder in folders():
        for path in folder.glob("*.eml"):
            _write(path.with_suffix(".letter"), path.read_bytes())
            path.unlink()
    for path in paths():
        sealed = path.read_bytes()
        if sealed.startswith(newest_prefix().encode()):
            continue
        content = unseal_bytes(sealed, context=CONTEXT)
        if content is None:
            left += 1
        else:
            fresh = path.with_suffix(".new")
            _write(fresh, content)
            fresh.replace(path)
    yield Left(table="mail files", rows=left)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(seal_bytes(content, context=CONTEXT))
        file.flush()
        os.fsync(file.fileno())
