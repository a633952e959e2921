"""Signals that a submission may come from a machine. They only add up, and none decides alone (LEAD-25, LEAD-26)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from disposable_email_domains import blocklist

WEIGHTS: Mapping[str, int] = {
    "honeypot": 4,
    "fast": 3,
    "bare": 2,
    "disposable": 1,
    "repeated": 3,
    "address in name": 4,
    "one link": 1,
    "many links": 3,
    "soft limit": 2,
}
THRESHOLD = 5
FASTEST = 2_000
"""Milliseconds in which nobody reads and fills in a form."""

_LINK = re.compile(r"https?://|\bwww\.[\w-]", re.IGNORECASE)
_ADDRESS = re.compile(
    r"https?://|\bwww\.|\b[\w-]+\.(?:com|net|org|info|biz|io|ru|cn|xyz|top|site|online|shop|link|click)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What the signals look at."""

    name: str = ""
    email: str = ""
    message: str = ""
    trap: str = ""
    elapsed_ms: int | None = None
    is_bare: bool = False
    is_soft_limited: bool = False
    is_repeated: bool = False


def signals_of(found: Submission) -> tuple[str, ...]:
    """The names of the signals that fired; absent ``elapsed_ms`` (no script) says nothing."""
    links = len(_LINK.findall(found.message))
    fired = {
        "honeypot": bool(found.trap),
        "fast": found.elapsed_ms is not None and found.elapsed_ms < FASTEST,
        "bare": found.is_bare,
        "disposable": is_disposable(found.email),
        "repeated": found.is_repeated,
        "address in name": bool(_ADDRESS.search(found.name)),
        "one link": 1 <= links < 3,
        "many links": links >= 3,
        "soft limit": found.is_soft_limited,
    }
    return tuple(name for name, holds in fired.items() if holds)


def is_disposable(email: str) -> bool:
    """Whether the domain, or one above it, hands out addresses for minutes."""
    labels = email.rpartition("@")[2].lower().split(".")
    return any(".".join(labels[place:]) in blocklist for place in range(len(labels) - 1))


def patterns_in(text: str, patterns: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Those of the staff's plain-text patterns that ``text`` holds, with their scores."""
    folded = text.casefold()
    return tuple((pattern, score) for pattern, score in patterns if pattern.casefold() in folded)


def score_of(signals: Iterable[str], weights: Mapping[str, int]) -> int:
    return sum(weights.get(signal, 0) for signal in signals)
