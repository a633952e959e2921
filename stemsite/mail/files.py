"""A trial without a mail server: one file for each letter."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.crypto import get_random_string


class FileBackend(BaseEmailBackend):
    """Writes letters as ``.eml`` files that only the site's own user can read."""

    def __init__(self, file_path: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(file_path)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for letter in email_messages:
            name = f"{timezone.now():%Y%m%d-%H%M%S}-{get_random_string(8)}.eml"
            handle = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(letter.message().as_bytes())
                file.flush()
                os.fsync(file.fileno())
        return len(email_messages)
