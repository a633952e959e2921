"""Two hundred connections that want to be served for ever, and the reader beside them."""

from __future__ import annotations

import contextlib
import http.client
import math
import socket
import threading
import time
from dataclasses import dataclass, field

POST = (
    "POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n{cookie}"
)
FIRST = {
    "headers": "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "body": POST + "Content-Length: 60000\r\n\r\nlogin=",
    "read": "GET /conditions/als/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 40,
    "chunked": POST + "Transfer-Encoding: chunked\r\n\r\n6\r\nlogin=\r\n",
    "silent": "",
}
NEXT = {"headers": b"x", "body": b"x", "chunked": b"1\r\nx\r\n"}


class Attack(threading.Thread):
    """Holds ``number`` connections of one kind, sends one more byte of each now and then, and opens those cut anew."""

    def __init__(self, port: int, kind: str, *, number: int = 200, cookie: str = "") -> None:
        super().__init__(daemon=True)
        self.port, self.kind, self.number = port, kind, number
        self.first = FIRST[kind].format(cookie=f"Cookie: {cookie}\r\n" if cookie else "").encode()
        self.over, self.ready = threading.Event(), threading.Event()
        self.sockets: list[socket.socket] = []
        self.opened = 0

    def run(self) -> None:
        while not self.over.is_set():
            while len(self.sockets) < self.number and not self.over.is_set():
                self._open()
            self.ready.set()
            for connection in list(self.sockets):
                self._go_on(connection)
            self.over.wait(1)
        for connection in self.sockets:
            connection.close()

    def _open(self) -> None:
        connection = socket.socket()
        if self.kind == "read":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.settimeout(5)
        try:
            connection.connect(("127.0.0.1", self.port))
            connection.sendall(self.first)
        except OSError:
            connection.close()
            self.over.wait(0.01)
            return
        connection.setblocking(False)
        self.sockets.append(connection)
        self.opened += 1

    def _go_on(self, connection: socket.socket) -> None:
        try:
            if piece := NEXT.get(self.kind):
                connection.send(piece)
            over = self.kind != "read" and connection.recv(1024) == b""
            if self.kind == "read":
                over = connection.recv(1) == b""
        except BlockingIOError:
            return
        except OSError:
            over = True
        if over:
            connection.close()
            self.sockets.remove(connection)

    def stop(self) -> None:
        self.over.set()
        self.join()


@dataclass(slots=True)
class Bystander:
    """An ordinary reader: a new connection for each page, one after the other."""

    port: int
    timeout: float = 10
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def read(self, path: str, *, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failures.append(f"{path}: {answer.status}")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{path}: {type(error).__name__}")
            finally:
                with contextlib.suppress(OSError):
                    connection.close()
            self.times.append(time.monotonic() - began)

    @property
    def p95(self) -> float:
        return sorted(self.times)[math.ceil(len(self.times) * 0.95) - 1]
