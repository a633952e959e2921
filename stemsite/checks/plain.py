"""How hard a text is to read: words, syllables, Flesch-Kincaid grade and SMOG (PL-01, PL-02). Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from .normalising import normal
from .sentences import pieces, sentences

FEWEST_WORDS = 100
FEWEST_SENTENCES = 30

_NOISE = re.compile(r"https?://\S+|www\.\S+|\bdoi:\s*\S+|\b10\.\d{4,9}/\S+|\[\d[\d,\s-]*\]", re.IGNORECASE)
_WORD = re.compile(r"\d[\d.,]*%?|[^\W\d_]+(?:'[^\W\d_]+)?")
_GROUPS = re.compile(r"[aeiouy]+")
_APART = re.compile(
    r"(?<![cgqtxs])i[ao](?!u)|(?<=[rvn])iou|(?<=cr)ea|[rd]ea$|[uo]i(?=ng)|eo(?!us|n$|p)|(?<!q)ua(?!r[dn])"
    r"|(?<=[aeiouy])ing$|uu|io(?=[lpd])|iu|[cx]ia(?=t)|nuous|eum|oe(?=m)|ue(?=nce|nt)|(?<!q)uie"
    r"|(?<!fr)(?<=[^tc])ie(?=n|t)|(?<=sc)ie(?=n)"
)
"""Vowels that stand together and are heard apart."""
_SILENT = re.compile(
    r"(?<![aeiouy])e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouycgsxz])es$|(?<=[^aeiouycs][^aeiouylr])e(?=(?:ly|ments?|less|ful|ness)$)"
    r"|(?<=[aeiouy][^aeiouylrc])e(?=(?:ly|ments?|less|ful|ness)$)"
)
_SOUNDED = re.compile(r"[^aeiouylr]les?$")
"""An e that is heard although nothing follows it: little, muscles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What readers of ``words`` words need; no grade where there are too few to judge."""

    words: int
    sentences: int
    grade: float | None
    adjusted: float | None
    """The grade with names of the glossary counted as easy words."""
    smog: float | None
    hardest: tuple[str, ...] = ()


def reading(texts: Iterable[str], glossary: Set[str] = frozenset()) -> Reading:
    """The grade of ``texts``; each text is a block of its own, so that the items of a list never melt together."""
    said = [(sentence, words_of(sentence)) for text in texts for sentence in sentences_of(text)]
    said = [(sentence, words) for sentence, words in said if words]
    count = sum(len(words) for _, words in said)
    enough = count >= FEWEST_WORDS
    return Reading(
        words=count,
        sentences=len(said),
        grade=_grade(said, frozenset()) if enough else None,
        adjusted=_grade(said, glossary) if enough else None,
        smog=_smog(said) if len(said) >= FEWEST_SENTENCES else None,
        hardest=tuple(sorted((sentence for sentence, _ in said), key=lambda one: -_hardness(one))[:5]),
    )


def sentences_of(text: str) -> Iterator[str]:
    for start, end in pieces(_NOISE.sub(" ", text)):
        piece = normal(_NOISE.sub(" ", text)[start:end])
        yield from (piece[first:last] for first, last in sentences(piece))


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.replace("-", " "))


def syllables(word: str) -> int:
    """By rule, never by list: right for most words, and never less than one."""
    if not word[:1].isalpha() or (word.isupper() and len(word) <= 5):
        return 1
    low = word.lower().replace("'", "")
    count = len(_GROUPS.findall(low)) + len(_APART.findall(low))
    if _SILENT.search(low) and not _SOUNDED.search(low):
        count -= 1
    return max(1, count)


def _grade(said: list[tuple[str, list[str]]], glossary: Set[str]) -> float:
    words = [word for _, found in said for word in found]
    easy = {part for term in glossary for part in words_of(term.lower())}
    total = sum(min(syllables(word), 2) if word.lower() in easy else syllables(word) for word in words)
    return 0.39 * len(words) / len(said) + 11.8 * total / len(words) - 15.59


def _smog(said: list[tuple[str, list[str]]]) -> float:
    long = sum(syllables(word) >= 3 for _, words in said for word in words)
    return 1.0430 * math.sqrt(long * 30 / len(said)) + 3.1291


def _hardness(sentence: str) -> float:
    words = words_of(sentence)
    return 0.39 * len(words) + 11.8 * sum(map(syllables, words)) / max(1, len(words))
