"""A mail server that keeps every letter on disk before it says 250, and fails exactly as it is told to."""

from __future__ import annotations

import contextlib
import email
import json
import os
import socket
import socketserver
import struct
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DROP, RESET, SILENCE, GARBAGE, LOST_ACK = "drop", "reset", "silence", "garbage", "lost ack"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at ``stage``: an answer such as ``450 4.2.0 busy``, or one of the acts above."""

    stage: str
    act: str

    def __str__(self) -> str:
        return f"{self.act} at {self.stage}"


CONNECTION_STAGES = {"greeting", "ehlo", "auth"}
FAULTS: dict[str, Fault] = {
    "421": Fault("greeting", "421 4.3.2 closing"),
    "421 at MAIL": Fault("mail", "421 4.7.0 slow down"),
    "450": Fault("rcpt", "450 4.2.0 busy"),
    "451": Fault("dot", "451 4.3.0 try later"),
    "452": Fault("mail", "452 4.3.1 no room"),
    "503": Fault("mail", "503 5.5.1 sender already specified"),
    "535": Fault("auth", "535 5.7.8 wrong password"),
    "550": Fault("rcpt", "550 5.1.1 <{rcpt}> no such user"),
    "550 without code": Fault("rcpt", "550 <{rcpt}> unavailable"),
    "552": Fault("mail", "552 5.3.4 too big"),
    "554": Fault("dot", "554 refused"),
    "554 spam": Fault("dot", "554 5.7.1 looks like spam, <{rcpt}>"),
    "drop": Fault("body", DROP),
    "reset": Fault("body", RESET),
    "silence": Fault("dot", SILENCE),
    "garbage": Fault("greeting", GARBAGE),
    "lost ack": Fault("dot", LOST_ACK),
    "QUIT drop": Fault("quit", DROP),
}
"""Every fault of LEAD-61 under the name of its table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A letter that lies in the log: whatever the sender believes, it has arrived."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    def parsed(self) -> email.message.Message:
        return email.message_from_bytes(self.raw)


class Sink:
    """Serves on loopback from ``start`` to ``stop``; ``close`` and ``open`` take the port away for a while."""

    def __init__(self, log: Path, *, patience: float = 60) -> None:
        self.log = log
        self.patience = patience
        """For how long it keeps silent before it hangs up, when told to be silent."""
        self.body_pause = 0.0
        self.fired: list[str] = []
        self.mid_body = threading.Event()
        self._connection_faults: deque[Fault] = deque()
        self._faults: deque[Fault] = deque()
        self._for_recipient: dict[str, deque[Fault]] = {}
        self._lock = threading.Lock()
        self._file = log.open("ab")
        self._server: _Server | None = None
        self.port = 0

    # -- running

    def start(self) -> Sink:
        self._server = _Server(("127.0.0.1", self.port), self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the port and cut whoever is connected; ``start`` opens the same port again."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.cut_all()
            self._server = None

    def __enter__(self) -> Sink:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()
        self._file.close()

    # -- telling it how to fail

    def script(self, *names: str) -> None:
        """Each of the next letters (or connections, where the fault belongs to one) meets one of ``names`` in turn."""
        with self._lock:
            for fault in (FAULTS[name] for name in names):
                (self._connection_faults if fault.stage in CONNECTION_STAGES else self._faults).append(fault)

    def script_for(self, recipient: str, *names: str) -> None:
        """The next tries to ``recipient`` meet these faults, whatever comes between; not those of a connection."""
        with self._lock:
            self._for_recipient.setdefault(recipient, deque()).extend(FAULTS[name] for name in names)

    @property
    def faults_left(self) -> int:
        with self._lock:
            rest = sum(len(faults) for faults in self._for_recipient.values())
            return rest + len(self._faults) + len(self._connection_faults)

    @property
    def lost_acks(self) -> int:
        """How often a letter arrived and its sender was not told: at most so many copies more are forgiven."""
        with self._lock:
            return sum(fired.startswith((LOST_ACK, SILENCE)) for fired in self.fired)

    # -- what arrived

    def received(self) -> list[Received]:
        """Every letter in the log, oldest first."""
        with self._lock:
            lines = self.log.read_bytes().splitlines()
        found = [json.loads(line) for line in lines]
        return [
            Received(
                message_id=item["message_id"],
                sender=item["sender"],
                recipients=tuple(item["recipients"]),
                raw=item["raw"].encode("latin-1"),
            )
            for item in found
        ]

    # -- for the sessions

    def _next_connection_fault(self) -> Fault | None:
        with self._lock:
            return self._connection_faults.popleft() if self._connection_faults else None

    def _next_fault(self) -> Fault | None:
        with self._lock:
            return self._faults.popleft() if self._faults else None

    def _next_fault_for(self, recipient: str) -> Fault | None:
        with self._lock:
            waiting = self._for_recipient.get(recipient)
            return waiting.popleft() if waiting else None

    def _fire(self, fault: Fault) -> None:
        with self._lock:
            self.fired.append(str(fault))

    def _keep(self, sender: str, recipients: Iterable[str], raw: bytes) -> None:
        header = email.message_from_bytes(raw)
        line = {
            "at": time.time(),
            "message_id": str(header["Message-ID"] or "").strip(),
            "sender": sender,
            "recipients": list(recipients),
            "raw": raw.decode("latin-1"),
        }
        with self._lock:
            self._file.write(json.dumps(line).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sink: Sink) -> None:
        self.sink = sink
        self.connections: set[socket.socket] = set()
        super().__init__(address, _Session)

    def cut_all(self) -> None:
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed hangs up in the middle: that is what it is here for."""


class _Hangup(Exception):
    pass


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.sink = self.server.sink
        self.server.connections.add(self.connection)
        self._forget()
        self.of_connection = self.sink._next_connection_fault()
        try:
            self._converse()
        except (_Hangup, OSError):
            pass
        finally:
            self.server.connections.discard(self.connection)

    def _forget(self) -> None:
        self.sender, self.recipients, self.fault = "", [], None

    def _converse(self) -> None:
        self._answer("greeting", "220 sink ESMTP")
        while line := self.rfile.readline(4096):
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            command = getattr(self, f"do_{verb.lower()}", None)
            if command is None:
                self._say("500 5.5.2 unknown")
            else:
                command(rest)

    # -- commands

    def do_ehlo(self, rest: str) -> None:
        self._answer(
            "ehlo", "250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN"
        )

    do_helo = do_ehlo

    def do_auth(self, rest: str) -> None:
        if rest.upper() == "PLAIN":
            self._say("334 ")
            self.rfile.readline(4096)
        elif rest.upper().startswith("LOGIN"):
            for _ in range(2 - (len(rest.split()) - 1)):
                self._say("334 ")
                self.rfile.readline(4096)
        self._answer("auth", "235 2.7.0 welcome")

    def do_mail(self, rest: str) -> None:
        if self.sender:
            self._say("503 5.5.1 sender already specified")
            return
        self.fault = self.sink._next_fault()
        if self._answer("mail", "250 2.1.0 ok"):
            self.sender = rest.partition(":")[2].split()[0].strip("<>")

    def do_rcpt(self, rest: str) -> None:
        recipient = rest.partition(":")[2].split()[0].strip("<>")
        self.fault = self.fault or self.sink._next_fault_for(recipient)
        if self._answer("rcpt", "250 2.1.5 ok", rcpt=recipient):
            self.recipients.append(recipient)

    def do_data(self, rest: str) -> None:
        if not self.recipients:
            self._say("503 5.5.1 no recipient")
            return
        if not self._answer("data", "354 go on"):
            return
        raw = self._body()
        at_dot = self.fault if self.fault is not None and self.fault.stage == "dot" else None
        at_quit = self.fault if self.fault is not None and self.fault.stage == "quit" else None
        if at_dot is None or at_dot.act in {LOST_ACK, SILENCE}:
            self.sink._keep(self.sender, self.recipients, raw)
        self._answer("dot", "250 2.0.0 kept", rcpt=self.recipients[0])
        self._forget()
        self.fault = at_quit

    def do_rset(self, rest: str) -> None:
        self._forget()
        self._say("250 2.0.0 ok")

    def do_noop(self, rest: str) -> None:
        self._say("250 2.0.0 ok")

    def do_quit(self, rest: str) -> None:
        self._answer("quit", "221 2.0.0 bye")
        raise _Hangup

    # -- words, and their absence

    def _body(self) -> bytes:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _Hangup
            lines.append(line[1:] if line.startswith(b".") else line)
            if len(lines) == 5:
                self.sink.mid_body.set()
                time.sleep(self.sink.body_pause)
                self._meet("body")
        return b"".join(lines)

    def _answer(self, stage: str, usual: str, *, rcpt: str = "") -> bool:
        """Say ``usual``, or what the fault of this stage wants; true when it went the usual way."""
        told = self._meet(stage)
        if told is None:
            self._say(usual)
            return True
        self._say(told.format(rcpt=rcpt))
        if told.startswith("421"):
            raise _Hangup
        return False

    def _meet(self, stage: str) -> str | None:
        fault = next((f for f in (self.of_connection, self.fault) if f is not None and f.stage == stage), None)
        if fault is None:
            return None
        self.sink._fire(fault)
        if fault is self.fault:
            self.fault = None
        if fault.act in {DROP, LOST_ACK}:
            self.connection.shutdown(socket.SHUT_RDWR)
            raise _Hangup
        if fault.act == RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            raise _Hangup
        if fault.act == SILENCE:
            self.connection.settimeout(self.sink.patience)
            with contextlib.suppress(OSError):
                self.connection.recv(1)
            raise _Hangup
        return "\x00\xff no mail here" if fault.act == GARBAGE else fault.act

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode("latin-1") + b"\r\n")
