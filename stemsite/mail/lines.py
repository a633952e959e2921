"""Connections to mail servers for one batch: opened by us, one per mailer, left without a word that matters."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, mailers

from .smtp import SMTPBackend


class Lines:
    """One open line per mailer. What goes wrong while hanging up concerns no letter (LEAD-58)."""

    def __init__(self) -> None:
        self._open: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for backend in self._open.values():
            backend.close()

    def open(self, mailer: str) -> None:
        if mailer not in self._open:
            backend = mailers[mailer]
            backend.open()
            self._open[mailer] = backend

    def hand_over(self, mailer: str, letter: EmailMessage, address: str) -> None:
        """Returns only when the letter was taken."""
        backend = self._open[mailer]
        if isinstance(backend, SMTPBackend):
            backend.transmit(letter, sender=str(letter.from_email), recipient=address)
        else:
            backend.send_messages([letter])

    def after_trouble(self, mailer: str, *, hang_up: bool) -> None:
        """Begin the next letter afresh: RSET, or a new line (LEAD-62)."""
        backend = self._open[mailer]
        if not isinstance(backend, SMTPBackend):
            del self._open[mailer]
        elif hang_up or not backend.reset():
            backend.drop()
            del self._open[mailer]
