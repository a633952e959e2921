"""Words of the lexicon in a text: diseases, therapies, and phrases that its rules watch. Pure.

Enough to say whether a page could be medical at all (PUB-142). Guards and hedges, which let a rule's
phrase pass, are not asked here: what is found is more than the rules will say, never less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from .lexicon import packaged
from .normalising import normal

_SUBJECTS = ("DISEASE", "THERAPY")


@lru_cache(maxsize=64)
def medical_words(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """Names of diseases and therapies in ``pieces``, each once, as they are written."""
    return _found(_subjects(), pieces)


@lru_cache(maxsize=64)
def watched_phrases(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """Phrases in ``pieces`` that any rule about claims looks at; each piece is looked at by itself."""
    return _found(_rules(), pieces)


def _found(patterns: Iterable[re.Pattern[str]], pieces: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for piece in map(normal, pieces):
        for pattern in patterns:
            for match in pattern.finditer(piece):
                found.setdefault(match[0].lower(), match[0])
    return tuple(found.values())


@cache
def _subjects() -> tuple[re.Pattern[str], ...]:
    """Whole words; the form of address in "Ms. Smith" is no disease."""
    names = "|".join(packaged().macros[name].pattern for name in _SUBJECTS)
    return (re.compile(rf"(?!(?-i:Ms)\b)(?:{names})", re.IGNORECASE),)


def _rules() -> tuple[re.Pattern[str], ...]:
    return tuple(pattern.regex for pattern in packaged().patterns)
