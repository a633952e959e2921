"""A wire between the site and its database that can be cut, fall silent, or slow down."""

from __future__ import annotations

import contextlib
import socket
import threading
import time


class Wire:
    """Listens on a port of its own and passes everything on to ``target`` while it is whole."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.delay = 0.0
        self.silent = threading.Event()
        self.port = 0
        self._listener: socket.socket | None = None
        self._ends: set[socket.socket] = set()
        self.join()

    def join(self) -> None:
        """Whole again: whoever connects reaches the database."""
        self.silent.clear()
        self.delay = 0.0
        if self._listener is None:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self.port))
            listener.listen(128)
            self.port, self._listener = listener.getsockname()[1], listener
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Every connection ends, and no new one is made."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self._cut_connections()

    def swallow(self) -> None:
        """Connections end; new ones are taken, and then nothing ever comes back."""
        self.silent.set()
        self._cut_connections()

    def _cut_connections(self) -> None:
        for end in list(self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        self._ends.add(near)
        try:
            if self.silent.is_set():
                while near.recv(65536):
                    pass
                return
            with socket.create_connection(("127.0.0.1", self.target)) as far:
                self._ends.add(far)
                back = threading.Thread(target=self._pass_on, args=(far, near), daemon=True)
                back.start()
                self._pass_on(near, far)
                back.join()
                self._ends.discard(far)
        except OSError:
            pass
        finally:
            self._ends.discard(near)
            near.close()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                time.sleep(self.delay)
                target.sendall(piece)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
