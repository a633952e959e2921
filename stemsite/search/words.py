"""From text to terms: one analysis for both databases, so that a query finds the same pages on either."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_TOKEN = re.compile(r"[^\W_]+")
_STOP = re.compile(r"(?<=[.!?])\s+")
_POSSESSIVE = re.compile(r"'s\b")
_BRITISH = (
    (re.compile(r"is(e[ds]?|er|ing|ations?)$"), r"iz\1"),
    (re.compile(r"(?<=...)our(s?)$"), r"or\1"),
    (re.compile(r"[ao]e(?=[a-z]{2})"), "e"),
)
_stemmers = threading.local()

_COMMON = """
a about an and are as at be been by can could did do does for from had has have how i if in into is it its me my of
on or our s should so t than that the their them there they this to was we were what when where which who why will
with would you your
"""

COMMON = frozenset(_COMMON.split())
"""Words that say nothing about what is looked for; a query of nothing else is taken as it stands."""


def fold(text: str) -> str:
    """``text`` in lower case without accents and control characters, blanks collapsed."""
    if text.isascii():
        return " ".join(_UNSEEN.sub(" ", text).lower().split())
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    bare = "".join(letter for letter in _UNSEEN.sub(" ", decomposed) if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def words_of(text: str) -> list[str]:
    """The words of ``text``, folded; what stands between letters and digits parts them."""
    return _TOKEN.findall(_POSSESSIVE.sub("", fold(text)))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """``word`` without its English ending (Snowball), British spelling read as American; identifiers stay whole."""
    if not word.isalpha():
        return word
    for pattern, american in _BRITISH:
        word = pattern.sub(american, word)
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:
        stemmer = _stemmers.english = snowballstemmer.stemmer("english")
    return str(stemmer.stemWord(word))


def terms_of(text: str) -> list[str]:
    """What is kept of ``text`` in the index: the stem of every word, in order."""
    return [stem(word) for word in words_of(text)]


def sentences_of(text: str, *, most: int = 0) -> list[str]:
    """The sentences of ``text``; all that follow the first ``most`` as one."""
    return _STOP.split(text, maxsplit=most)


def said_in(text: str) -> str:
    """The terms of every sentence of ``text``, a line each, so that no query has to read it anew."""
    return "\n".join(" ".join(terms_of(sentence)) for sentence in sentences_of(text))
