"""Text as the rules read it, with the way back: which characters of the given text each letter came from. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

UNSEEN = re.compile(
    "[\u00ad\u0334-\u0338\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
"""Characters that nobody sees; the specification's list and its kin."""

_STRAIGHT = str.maketrans("‘’‚′“”„″‐‑‒–—−", "''''\"\"\"\"------")
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_]([ .\-_*\u00a0\u00b7])[^\W\d_](?:\1[^\W\d_])+(?![^\W_])")
"""Letters with one and the same mark between them: ``c u r e s``, ``c-u-r-e-s``."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_LIKE = dict(
    zip(
        "аАВсСеЕНһіІјЈкКМоОрРѕЅТтхХуУѵԁԛԝӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρυιΙ",
        "aABcCeEHhiIjJkKMoOpPsSTtxXyYvdqwlABEZHIKMNOPTYXovpuiI",
        strict=True,
    )
)
"""Cyrillic and Greek letters that pass for Latin ones. Letters of science, such as α, β and κ, are none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """``text`` with the offsets into what was given: a letter came from ``starts[i]`` up to ``ends[i]``."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    disguised: tuple[tuple[int, int], ...] = ()
    """Where in ``text`` letters were spaced out or replaced by look-alikes."""
    mixed: tuple[tuple[int, int], ...] = ()
    """Where in ``text`` a word mixes Latin letters with look-alikes of another script."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The given characters behind ``text[start:end]``, those that were dropped in between included."""
        return self.starts[start], self.ends[max(start, end - 1)]


def normal(text: str) -> str:
    """``text`` without what hides a word: odd letters, quotes, dashes and blanks, and characters nobody sees."""
    return normalised(text).text


def normalised(text: str) -> Normal:
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    dropped = _marks_between_spaced_letters(text)
    spaced: list[int] = []
    for start, end in _characters(text):
        if start in dropped:
            spaced.append(len(letters))
            continue
        for letter in unicodedata.normalize("NFKC", text[start:end]).translate(_STRAIGHT):
            blank = letter.isspace()
            if UNSEEN.match(letter) or (blank and (not letters or letters[-1] == " ")):
                continue
            letters.append(" " if blank else letter)
            starts.append(start)
            ends.append(end)
    while letters and letters[-1] == " ":
        letters.pop()
    mixed = tuple(_unmasked(letters))
    return Normal(
        text="".join(letters),
        starts=tuple(starts[: len(letters)]),
        ends=tuple(ends[: len(letters)]),
        disguised=(*((at - 1, at + 1) for at in spaced), *mixed),
        mixed=mixed,
    )


def _characters(text: str) -> Iterator[tuple[int, int]]:
    """Each character with the marks that combine with it, without those that nobody sees."""
    start = 0
    size = len(text)
    while start < size:
        end = start + 1
        if not text[start].isascii() or (end < size and not text[end].isascii()):
            while end < size and _combines(text[end]):
                end += 1
        if not UNSEEN.match(text[start]):
            yield start, end
        start = end


def _combines(letter: str) -> bool:
    return bool(unicodedata.combining(letter)) or "\u1161" <= letter <= "\u11ff"


def _marks_between_spaced_letters(text: str) -> frozenset[int]:
    """Offsets of the marks; characters that nobody sees are no letters of a word."""
    seen = text if text.isascii() else UNSEEN.sub("", text)
    at = (
        range(len(text)) if len(seen) == len(text) else [i for i, letter in enumerate(text) if not UNSEEN.match(letter)]
    )
    return frozenset(at[mark] for run in _SPACED.finditer(seen) for mark in range(run.start() + 1, run.end() - 1, 2))


def _unmasked(letters: list[str]) -> Iterator[tuple[int, int]]:
    """Put Latin letters for look-alikes in words that have both, in place, and say where."""
    text = "".join(letters)
    if text.isascii():
        return
    for word in _WORD.finditer(text):
        alike = [at for at in range(*word.span()) if text[at] in _LIKE]
        if alike and any(letter.isascii() for letter in word[0]):
            for at in alike:
                letters[at] = _LIKE[text[at]]
            yield word.span()
