"""Words of the lexicon in a text: diseases, therapies, and phrases that its rules watch. Pure, but for its file.

Enough to say whether a page could be medical at all (PUB-142). Guards and hedges, which let a rule's
phrase pass, are not asked here: what is found is more than the rules will say, never less.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

LEXICON = Path(__file__).with_name("lexicon.json")

_SUBJECTS = ("DISEASE", "THERAPY")
_MACRO = re.compile(r"\{\{(\w+)\}\}")
_LEVELS = 3
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_STRAIGHT = str.maketrans("‘’‚′“”„″‐‑‒–—−", "''''\"\"\"\"------")


@cache
def lexicon() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(LEXICON.read_text(encoding="utf-8"))
    return loaded


def normal(text: str) -> str:
    """``text`` without what hides a word: odd letters, quotes, dashes and blanks, and characters nobody sees."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_STRAIGHT)
    return " ".join(seen.split())


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
    names = "|".join(f"{{{{{name}}}}}" for name in _SUBJECTS)
    return (re.compile(rf"(?<!\w)(?!(?-i:Ms)\b)(?:{expanded(names)})(?!\w)", re.IGNORECASE),)


@cache
def _rules() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(expanded(rule["pattern"]), re.IGNORECASE) for rule in lexicon()["patterns"])


def expanded(pattern: str) -> str:
    """``pattern`` with its macros filled in, up to three levels deep; an unknown macro is an error."""
    for _ in range(_LEVELS):
        pattern = _MACRO.sub(lambda name: str(lexicon()["macros"][name[1]]), pattern)
    if _MACRO.search(pattern):
        raise ValueError("A macro of the lexicon holds itself.")
    return pattern
