"""Letters over SMTP: every step known by name, a whole letter bound in time, addresses in any script."""

from __future__ import annotations

import contextlib
import email.policy
import re
import smtplib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.utils import DNS_NAME

from .outcomes import CannotCarry, Misconfigured, Refused, Stage, as_text

TIMEOUT = 15
"""Seconds that one answer may take."""

PATIENCE = 60
"""Seconds that opening, or one whole letter, may take; well within a lease."""

POLICY = email.policy.SMTP.clone(max_line_length=998, cte_type="7bit")
"""Long header lines stay whole: one that is folded as an encoded word is dead to mail programs (LEAD-49)."""

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class SMTPBackend(EmailBackend):
    """Django's backend with our own conversation: ``Refused`` says at which step a letter was refused."""

    connection: Any
    alias: str

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"timeout": TIMEOUT, **options})

    def open(self) -> bool:
        """Connect, encrypt and log in. Raises ``Refused``, ``Misconfigured`` or an ``OSError``."""
        if self.connection is not None:
            return False
        options: dict[str, Any] = {"context": self.ssl_context} if self.use_ssl else {}
        kind: Any = self.connection_class
        connection = kind(local_hostname=DNS_NAME.get_fqdn(), timeout=self.timeout, **options)
        try:
            with bound_in_time(connection):
                self._greet(connection)
        except BaseException:
            connection.close()
            raise
        self.connection = connection
        return True

    def _greet(self, connection: Any) -> None:
        connection._host = self.host  # What TLS checks the certificate against; set only by its constructor.
        _expect(Stage.OPEN, connection.connect(self.host, self.port), 220)
        connection.ehlo_or_helo_if_needed()
        if self.use_tls:
            if not connection.has_extn("starttls"):
                raise Misconfigured("The mail server offers no encryption, and our settings ask for it.")
            connection.starttls(context=self.ssl_context)
            connection.ehlo_or_helo_if_needed()
        if self.username and self.password:
            if not connection.has_extn("auth"):
                raise Misconfigured("The mail server offers no login, and our settings ask for it.")
            connection.login(self.username, self.password)

    def _send(self, email_message: EmailMessage) -> bool:
        if not email_message.recipients():
            return False
        for recipient in email_message.recipients():
            self.transmit(email_message, sender=str(email_message.from_email), recipient=recipient)
        return True

    def transmit(self, letter: EmailMessage, *, sender: str, recipient: str) -> None:
        """One letter to one address. Returns only after the 250 to the final dot (LEAD-58)."""
        wide = not _local(recipient).isascii()
        if wide and not self.connection.has_extn("smtputf8"):
            raise CannotCarry("The mail server takes no address in this script (no SMTPUTF8).")
        to = self.prep_address(recipient, force_ascii=not wide)
        envelope = self.prep_address(sender)
        content = letter.message(policy=POLICY.clone(utf8=True) if wide else POLICY).as_bytes()
        options = ["SMTPUTF8"] if wide else []
        if self.connection.has_extn("size"):
            options.append(f"SIZE={len(content)}")
        with bound_in_time(self.connection):
            _expect(Stage.MAIL, self.connection.mail(envelope, options), 250)
            _expect(Stage.RCPT, self.connection.rcpt(to), 250, 251)
            _expect(Stage.DATA, self.connection.docmd("DATA"), 354)
            self.connection.send(_LEADING_DOT.sub(b"..", content.rstrip(b"\r\n")) + b"\r\n.\r\n")
            _expect(Stage.DOT, self.connection.getreply(), 250)

    def reset(self) -> bool:
        """Begin anew on the same connection, after a refusal; false when that cannot be."""
        try:
            code, _ = self.connection.rset()
        except (smtplib.SMTPException, OSError):
            return False
        return bool(code == 250)

    def close(self) -> None:
        """Say goodbye. What goes wrong now changes nothing: each letter has had its answer."""
        connection, self.connection = self.connection, None
        if connection is None:
            return
        with contextlib.suppress(smtplib.SMTPException, OSError), bound_in_time(connection, TIMEOUT):
            connection.quit()
        connection.close()

    def drop(self) -> None:
        """Hang up without a word."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()


@contextlib.contextmanager
def bound_in_time(connection: Any, seconds: float = PATIENCE) -> Iterator[None]:
    """Hang up when ``seconds`` are over: a server that sends a byte now and then would hold us for ever."""

    def hang_up() -> None:
        with contextlib.suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _expect(stage: Stage, reply: tuple[int, bytes], *good: int) -> None:
    code, text = reply
    if code not in good:
        raise Refused(stage, code, as_text(text))


def _local(address: str) -> str:
    return address.rpartition("@")[0]
