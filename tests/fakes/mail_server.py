"""A mail server on loopback that answers as it is told, and keeps what it took."""

from __future__ import annotations

import email
import email.policy
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HANG_UP, RESET, SILENCE, GARBAGE, LOST_ACK = "hang up", "reset", "silence", "garbage", "lost ack"


@dataclass(slots=True)
class Taken:
    """One letter: its envelope, and its bytes as they came over the wire."""

    sender: str
    recipients: list[str]
    raw: bytes
    options: str = ""

    @property
    def message(self) -> email.message.EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)


@dataclass(slots=True)
class Orders:
    """``answers``: first words of a command (or ``GREETING``, ``DOT``) -> the answer instead of the good one.

    A list is used up from its beginning, one entry a time; then all is well again.
    """

    answers: dict[str, str | list[str]] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("PIPELINING",)
    after_dot: float = 0.0
    taken: list[Taken] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def told(self, command: str) -> str | None:
        for start, told in self.answers.items():
            if command.startswith(start):
                if isinstance(told, str):
                    return told
                return told.pop(0) or None if told else None
        return None


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Counter)
        self.orders = Orders()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    @property
    def letters(self) -> list[email.message.EmailMessage]:
        return [taken.message for taken in self.orders.taken]


class Counter(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.orders = self.server.orders
        self.orders.connections += 1
        self.sender, self.options, self.recipients = "", "", []
        if not self.say(self.orders.told("GREETING") or "220 loopback"):
            return
        while line := self.rfile.readline():
            if not self.obey(line.decode("utf-8").strip()):
                return

    def obey(self, line: str) -> bool:
        command = line.upper()
        self.orders.commands.append(line)
        told = self.orders.told(command)
        if told:
            return self.say(told)
        if command.startswith("EHLO"):
            lines = ["loopback", *self.orders.extensions]
            return all(self.say(f"250-{each}") for each in lines[:-1]) and self.say(f"250 {lines[-1]}")
        if command.startswith("MAIL FROM:"):
            if self.sender:
                return self.say("503 5.5.1 sender already specified")
            self.sender, _, self.options = line[10:].partition("> ")
            self.sender = self.sender.strip("<>")
        elif command.startswith("RCPT TO:"):
            self.recipients.append(line[8:].strip().strip("<>"))
        elif command == "RSET":
            self.forget()
        elif command == "DATA":
            return self.take_letter()
        elif command == "QUIT":
            self.say("221 bye")
            return False
        return self.say("250 2.0.0 fine")

    def forget(self) -> None:
        self.sender, self.options, self.recipients = "", "", []

    def take_letter(self) -> bool:
        self.say("354 go on")
        lines = []
        middle = self.orders.told("BODY")
        while (line := self.rfile.readline()) != b".\r\n":
            if not line or (middle and lines):
                return bool(line) and self.say(middle)
            lines.append(line[1:] if line.startswith(b".") else line)
        told = self.orders.told("DOT")
        if not told or told == LOST_ACK:
            letter = Taken(sender=self.sender, recipients=self.recipients, raw=b"".join(lines), options=self.options)
            self.orders.taken.append(letter)
        self.forget()
        if self.orders.after_dot:
            self.orders.over.wait(self.orders.after_dot)
        return self.say(told or "250 2.0.0 taken")

    def say(self, words: str) -> bool:
        """False when the line is no more."""
        if words in {HANG_UP, LOST_ACK}:
            return False
        if words == RESET:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()
            return False
        if words == SILENCE:
            self.orders.over.wait(60)
            return False
        try:
            self.wfile.write(b"\x00\xff what?\r\n" if words == GARBAGE else f"{words}\r\n".encode())
        except OSError:
            return False
        return True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            return


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailServer]:
    with MailServer(port) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.orders.over.set()
            server.shutdown()
