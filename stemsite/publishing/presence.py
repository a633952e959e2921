"""Who has a page's form open just now: kept in the cache for a minute, no record of anybody's work (PUB-73)."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

LIVES = 40.0
"""Seconds that a window counts after it was last heard of; it is heard of every fifteen."""
LIVES_BEHIND = 150.0
"""The same for a tab in the background, whose clock browsers let tick once a minute."""
MOST = 50

Window = tuple[int, str, float, bool]
"""User, name, until when it counts, and whether it holds text that is not saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    name: str
    is_unsaved: bool


def here(page_id: int, window: uuid.UUID, *, user: Any, is_unsaved: bool, is_behind: bool) -> list[Other]:
    """Note that ``user`` has the page open in ``window``; returns who else has it."""
    until = time.time() + (LIVES_BEHIND if is_behind else LIVES)
    windows = {**_open(page_id), _name(user, window): (user.pk, str(user), until, is_unsaved)}
    _keep(page_id, windows)
    return _others(windows, user)


def leave(page_id: int, window: uuid.UUID, *, user: Any) -> None:
    windows = _open(page_id)
    if windows.pop(_name(user, window), None) is not None:
        _keep(page_id, windows)


def in_words(others: list[Other]) -> str:
    """One sentence, and what follows from it; empty where nobody else is there."""
    if not others:
        return ""
    named = [f"{other.name} (with text not saved yet)" if other.is_unsaved else other.name for other in others]
    *before, last = named
    who = f"{', '.join(before)} and {last}" if before else last
    return f"{who} {'have' if before else 'has'} this page open too. Whoever saves second is shown both texts."


def _others(windows: dict[str, Window], user: Any) -> list[Other]:
    """Each person once, by name, whatever the number of their windows."""
    found: dict[int, Other] = {}
    for pk, name, _, is_unsaved in windows.values():
        if pk != user.pk:
            known = found.get(pk)
            found[pk] = Other(name=name, is_unsaved=is_unsaved or (known is not None and known.is_unsaved))
    return sorted(found.values(), key=lambda other: other.name)


def _open(page_id: int) -> dict[str, Window]:
    now = time.time()
    held: dict[str, Window] = cache.get(_key(page_id)) or {}
    return {name: window for name, window in held.items() if window[2] > now}


def _keep(page_id: int, windows: dict[str, Window]) -> None:
    """Of two that write at one moment one may be lost, until it is heard of again a little later."""
    latest = sorted(windows.items(), key=lambda item: item[1][2])[-MOST:]
    cache.set(_key(page_id), dict(latest), LIVES_BEHIND)


def _key(page_id: int) -> str:
    return f"open:{page_id}"


def _name(user: Any, window: uuid.UUID) -> str:
    return f"{user.pk}:{window}"
