"""Words of which a pattern needs at least one: where none stands in a text, the pattern need not be tried. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

try:
    from re import _constants, _parser  # type: ignore[attr-defined]
except ImportError:  # A later Python without them: every pattern is tried, slower and just as right.
    _parser = None

_SHORTEST = 2
_FOLDED = str.maketrans("İıſK", "iisk")


def folded(text: str) -> str:
    """``text`` as it is looked through: whatever the pattern would match ignoring case is the same here."""
    return text.translate(_FOLDED).lower()


def needed(pattern: str) -> frozenset[str]:
    """Folded words one of which is part of every match; empty where that cannot be told."""
    if _parser is None:
        return frozenset()
    return _of_sequence(_parser.parse(pattern, re.IGNORECASE)) or frozenset()


def _of_sequence(parts: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """The most telling of what the parts of a sequence need."""
    candidates: list[frozenset[str]] = []
    run = ""
    for kind, value in parts:
        if kind is _constants.LITERAL:
            run += chr(value)
            continue
        if kind in {_constants.AT, _constants.ASSERT_NOT}:
            continue
        candidates += _worth(run)
        run = ""
        if (found := _of_part(kind, value)) is not None:
            candidates.append(found)
    candidates += _worth(run)
    return max(candidates, key=lambda words: (min(map(len, words)), -len(words)), default=None)


def _worth(run: str) -> list[frozenset[str]]:
    return [frozenset({folded(run)})] if len(run) >= _SHORTEST else []


def _of_part(kind: Any, value: Any) -> frozenset[str] | None:
    if kind is _constants.SUBPATTERN:
        return _of_sequence(value[3])
    if kind is _constants.BRANCH:
        branches = [_of_sequence(branch) for branch in value[1]]
        return None if None in branches else frozenset().union(*(branch for branch in branches if branch))
    if kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT} and value[0] > 0:
        return _of_sequence(value[2])
    return None
