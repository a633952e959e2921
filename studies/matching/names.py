"""Whether the first author a reference prints is the record's first author (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from studies.sources.base import Author
from studies.sources.words import looks_like_group

from .folding import squash

TOLERATED = 86.0
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_PARTICLES = {
    "van",
    "von",
    "der",
    "den",
    "de",
    "la",
    "le",
    "del",
    "della",
    "di",
    "da",
    "dos",
    "du",
    "el",
    "al",
    "bin",
    "ten",
    "ter",
    "zu",
    "zur",
}
_NUMBERING = re.compile(r"^\s*(?:\[?\d{1,3}[\]).]\s*|[•*·▪–-]\s+)+")
_YEARS = re.compile(r"\(\s*(?:\d{4}[^)]*|n\.?d\.?)\)")
_ET_AL = re.compile(r"\bet\.?\s*al\b\.?|\band (?:others|colleagues)\b|&", re.IGNORECASE)
_NO_AUTHOR = re.compile(r"^\W*(?:\[?no authors? listed\]?|anonymous|anon\.?|editorial|unknown)\W*$", re.IGNORECASE)
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def lead(text: str) -> str:
    """The words before a title that can be names: without numbering, year and labels."""
    bare = _YEARS.sub(" ", _NUMBERING.sub("", text))
    bare = re.sub(r"^\s*(?:authors?|by|title)\s*:\s*", "", bare, flags=re.IGNORECASE)
    return bare.strip(" .,;:\"'“”‘’()[]–—-")


def printed_first(text: str) -> str:
    """The first name as the reference prints it, for people to read."""
    bare = lead(text)
    first = re.split(
        r",|;|\bet\.?\s*al\b|\s+and\s+|\s*&\s*|\.\s+(?=[A-Z][a-z])", bare, maxsplit=1, flags=re.IGNORECASE
    )[0]
    return first.strip(" .,;:") or bare[:80]


def states_author(text: str) -> bool:
    bare = lead(text)
    return len(squash(_ET_AL.sub("", bare))) > 1 and not _NO_AUTHOR.match(bare)


def first_author_agrees(text: str, authors: Sequence[Author]) -> bool:
    """Whether the names before the title begin with the record's first author, or the first person after a group."""
    bare = lead(text)
    if not authors:
        return False
    if _is_author(bare, authors[0]):
        return True
    persons = [author for author in authors if not author.literal]
    return bool(authors[0].literal and persons and _is_author(bare, persons[0]))


_LISTED_NAME = re.compile(r"[^\W\d_][\w'’-]+,?\s+(?:[A-Z]\.?[\s-]?){1,3}(?=[,.;]|\s|$)")


def looks_like_names(text: str) -> bool:
    """Whether a text is a list of authors rather than more of a title."""
    bare = lead(text)
    return bool(re.search(r"\bet\.?\s*al\b", bare)) or bool(bare and _LISTED_NAME.match(bare)) or looks_like_group(bare)


def mentions_author(text: str, authors: Sequence[Author]) -> bool:
    """Whether the first author's name stands anywhere in a text, as a word of its own."""
    return bool(authors) and any(_similar(squash(word), squash(authors[0].name)) for word in _NAME_WORD.findall(text))


def _is_author(bare: str, author: Author) -> bool:
    return _is_group(bare, author.literal) if author.literal else _is_person(bare, author)


def _is_group(bare: str, name: str) -> bool:
    wanted = squash(re.sub(r"^the\s+", "", name, flags=re.IGNORECASE))
    had = squash(re.sub(r"^the\s+", "", bare, flags=re.IGNORECASE))
    if not wanted or not had:
        return False
    if had.startswith(wanted) or (len(had) >= 6 and wanted.startswith(had)):
        return True
    initials = "".join(word[0] for word in _NAME_WORD.findall(name) if word[0].isupper()).lower()
    first = squash(_NAME_WORD.findall(bare)[0]) if _NAME_WORD.findall(bare) else ""
    return (len(first) >= 3 and first == initials) or fuzz.ratio(wanted, had[: len(wanted) + 3]) >= 90


def _is_person(bare: str, author: Author) -> bool:
    """The surname comes first, or after nothing but this person's own given names and initials."""
    wanted = {squash(author.family), squash(author.family.lower().translate(_DIGRAPHS))}
    without_particles = [word for word in _NAME_WORD.findall(author.family) if word.lower() not in _PARTICLES]
    wanted.add(squash("".join(without_particles)))
    wanted.discard("")
    tokens = _NAME_WORD.findall(bare)[:12]
    given = [squash(word) for word in _NAME_WORD.findall(author.given)]
    for start in range(min(len(tokens), 7)):
        for width in range(1, min(5, len(tokens) - start) + 1):
            had = squash("".join(tokens[start : start + width]))
            if any(_similar(had, name) for name in wanted):
                return True
        if not _is_given(tokens[start], given):
            return False
    return False


def _is_given(token: str, given: Sequence[str]) -> bool:
    folded = squash(token)
    if token.lower() in _PARTICLES or token.lower() in ("dr", "prof"):
        return True
    if any(name.startswith(folded) or folded.startswith(name) for name in given if name):
        return True
    initials = "".join(name[0] for name in given if name)
    return token.isupper() and len(token) <= 3 and bool(initials) and folded[0] in initials


def _similar(had: str, wanted: str) -> bool:
    if len(wanted) <= 3 or len(had) <= 3:
        return had == wanted
    return had == wanted or fuzz.ratio(had, wanted) >= TOLERATED
