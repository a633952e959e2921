"""What a process makes once and keeps until something public changes, whatever it is and whoever changes it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, ClassVar

from django.db import connection

from . import store


class Lasting[T]:
    """Called, it gives what ``make`` made of the database as it is; inside of a transaction nothing is kept.

    Its changes may be taken back, and others do not see them.
    """

    known: ClassVar[list[Lasting[Any]]] = []

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._kept: tuple[int, T] | None = None
        self.known.append(self)

    def __call__(self) -> T:
        if connection.in_atomic_block:
            return self._make()
        number = store.generation()
        with self._lock:
            if self._kept is None or self._kept[0] != number:
                self._kept = number, self._make()
            return self._kept[1]

    def forget(self) -> None:
        with self._lock:
            self._kept = None


def forget_all() -> None:
    """Begin anew, for tests whose database does."""
    for lasting in Lasting.known:
        lasting.forget()
