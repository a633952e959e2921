"""What many pages show alike is read once for each state of the site in a process, not once a page.

As strict as the store itself: a state has a number, which every public change counts on in its own transaction. What
is read after the number is of that state or a later one, and a page that met a later one is made anew under the later
number. Where there is no number, as in previews and in the admin, nothing is kept.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Hashable, Iterator
from contextvars import ContextVar

_number: ContextVar[int | None] = ContextVar("number of the state that is rendered", default=None)
_forgetting: list[Callable[[], None]] = []


@contextlib.contextmanager
def rendering(number: int) -> Iterator[None]:
    """Within it a public page is made, of the state with this number."""
    token = _number.set(number)
    try:
        yield
    finally:
        _number.reset(token)


def alike[**P, T](read: Callable[P, T]) -> Callable[P, T]:
    """Keep what ``read`` gave for the same arguments while the state lasts. Nobody may change what it gives."""
    kept: tuple[int | None, dict[Hashable, T]] = (None, {})

    @functools.wraps(read)
    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        nonlocal kept
        number = _number.get()
        if number is None:
            return read(*args, **kwargs)
        state, found = kept
        if state != number:
            found = {}
            kept = (number, found)
        key = (args, tuple(kwargs.items()))
        if key not in found:
            found[key] = read(*args, **kwargs)
        return found[key]

    def forget() -> None:
        nonlocal kept
        kept = (None, {})

    _forgetting.append(forget)
    return once


def forget() -> None:
    """For tests, whose databases count from the same number again."""
    for each in _forgetting:
        each()
