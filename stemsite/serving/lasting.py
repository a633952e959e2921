"""What a process makes once and keeps until something public changes, whatever it is and whoever changes it.

As strict as the store itself: a state of the site has a number, which every public change counts on in its own
transaction. What is read after the number is of that state or a later one, and a page that met a later one is made anew
under the later number.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Hashable, Iterator
from contextvars import ContextVar

from django.db import connection

from . import store

_rendered: ContextVar[int | None] = ContextVar("number of the state of which a public page is made", default=None)
_forgetting: list[Callable[[], None]] = []


@contextlib.contextmanager
def rendering(number: int) -> Iterator[None]:
    """Within it a public page is made of the state with this number, which need not be asked for again."""
    token = _rendered.set(number)
    try:
        yield
    finally:
        _rendered.reset(token)


def lasting[**P, T](make: Callable[P, T]) -> Callable[P, T]:
    """Keep what ``make`` gave for the same arguments while the state lasts. Nobody may change what it gives.

    Inside of a transaction that makes no public page nothing is kept: its changes may be taken back, and others do not
    see them.
    """
    lock = threading.Lock()
    kept: tuple[int | None, dict[Hashable, T]] = (None, {})

    @functools.wraps(make)
    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        nonlocal kept
        number = _rendered.get()
        if number is None:
            if connection.in_atomic_block:
                return make(*args, **kwargs)
            number = store.generation()
        key = (args, tuple(kwargs.items()))
        with lock:
            if kept[0] != number:
                kept = (number, {})
            if key not in kept[1]:
                kept[1][key] = make(*args, **kwargs)
            return kept[1][key]

    def forget() -> None:
        nonlocal kept
        kept = (None, {})

    _forgetting.append(forget)
    return once


def forget_all() -> None:
    """Begin anew, for tests whose database does."""
    for forget in _forgetting:
        forget()
