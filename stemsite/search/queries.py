"""What somebody looks for, as a tree: every wish must be met, each by any of its phrases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .words import COMMON, fold, stem, terms_of, words_of

MAX_QUERY = 200
MAX_WORDS = 8

Phrase = tuple[str, ...]
Synonyms = Callable[[], Iterable[Sequence[str]]]

_synonyms: list[Synonyms] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One thing looked for. ``word`` is what was typed; ``is_open`` while it may go on (the last word typed)."""

    word: str
    phrases: tuple[Phrase, ...]
    is_open: bool = False

    @property
    def needles(self) -> tuple[str, ...]:
        """What stands in terms that meet it, which begin, end and are parted by a blank."""
        whole = tuple(f" {' '.join(phrase)} " for phrase in self.phrases)
        return (*whole, f" {self.word}") if self.is_open else whole

    def met_by(self, terms: Sequence[str]) -> set[str]:
        """Those of ``terms`` that meet it: one of its phrases as a whole, or what its open word begins."""
        said = f" {' '.join(terms)} "
        met = {term for phrase in self.phrases if f" {' '.join(phrase)} " in said for term in phrase}
        return met | {term for term in terms if self.is_open and term.startswith(self.word)}


Query = tuple[Wish, ...]


def register_synonyms(groups: Synonyms) -> None:
    """Add names that mean the same, a sequence a group: ``ALS``, ``motor neuron disease``, from ``ready()``."""
    if groups not in _synonyms:
        _synonyms.append(groups)


def wishes(query: str) -> Query:
    """``query`` as people mean it: a known name is one wish, what is written without blanks (a DOI) is one phrase."""
    chunks = [words for chunk in fold(query[:MAX_QUERY]).split() if (words := words_of(chunk))]
    if not chunks:
        return ()
    words = [word for chunk in chunks for word in chunk]
    begins = {sum(map(len, chunks[:number])): len(chunk) for number, chunk in enumerate(chunks)}
    says_something = any(word not in COMMON for word in words)
    groups = [tuple(tuple(terms_of(name)) for name in group) for provider in _synonyms for group in provider()]
    found: list[Wish] = []
    position = 0
    while position < len(words) and len(found) < MAX_WORDS:
        length, phrases = _named(words[position:], groups) or (0, ())
        if not phrases:
            length = begins.get(position, 1)
            phrases = (tuple(map(stem, words[position : position + length])),)
        word = " ".join(words[position : position + length])
        position += length
        if says_something and word in COMMON:
            continue
        is_last = position == len(words) and len(phrases[0]) == 1 and len(phrases) == 1
        found.append(Wish(word=word, phrases=phrases, is_open=is_last and len(word) >= 3))
    return tuple(found)


def _named(words: Sequence[str], groups: Sequence[tuple[Phrase, ...]]) -> tuple[int, tuple[Phrase, ...]] | None:
    """The longest known name that ``words`` begin with: how many words, and all that mean the same."""
    stems = tuple(map(stem, words))
    best: tuple[int, tuple[Phrase, ...]] | None = None
    for group in groups:
        for name in group:
            if name and stems[: len(name)] == name and (best is None or len(name) > best[0]):
                best = len(name), tuple(dict.fromkeys(phrase for phrase in group if phrase))
    return best
