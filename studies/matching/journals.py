"""Whether a printed journal name is a record's journal: full, abbreviated, initials, without place (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from .folding import STOP_WORDS, fold, squash

_WORD = re.compile(r"[^\W_]+")
_SMALL = STOP_WORDS | {"official", "journal's"}
_AFTER = re.compile(
    r"^[\s.,;:)\]\"”’*_]*(?:$|\d|\(|\[|(?:doi|pmid|pmcid|pmc|epub|published|publishing|preprint|posted|available"
    r"|accessed|retrieved"
    r"|online|vol(?:ume)?|issue|no|pp?|pages?|article|art|https?|www|in press|ahead|suppl\w*|link"
    r"|pubmed|read|internet|cited|e\d"
    r"|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sept?\w*|oct\w*|nov\w*|dec\w*|spring|summer|autumn|fall|winter)\b)",
    re.IGNORECASE,
)
_SECTION = re.compile(r"\s+[=:/]\s+|\s*:\s+|\.\s+")


def forms(names: Iterable[str]) -> list[str]:
    """The names a journal goes by: whole, without subtitle, place or "The", both sides of a colon."""
    found: list[str] = []
    for name in filter(None, names):
        bare = re.sub(r"\s*\([^)]*\)", "", name).strip()
        parts = [part for part in _SECTION.split(bare) if len(squash(part)) >= 3]
        heads = [name, bare]
        if parts and len(parts) > 1 and not re.search(r"\b\w{1,5}\.\s", bare):
            heads += [parts[0], *(part for part in parts[1:2] if parts[0].isupper())]
        elif ":" in bare or " = " in bare:
            heads += [re.split(r"\s*[:=]\s+", bare)[0]]
        found += [re.sub(r"^the\s+", "", head, flags=re.IGNORECASE).strip(" .,") for head in heads]
    return list(dict.fromkeys(form for form in found if squash(form)))


def starts_with(text: str, known: Iterable[str]) -> int:
    """How far into ``text`` one of the ``known`` names reaches, when it begins with it and the name ends there."""
    lead = re.match(r"^[\s.,;:?!\"“”'’)\]*_]*(?:in\s*:?\s+)?(?:the\s+)?", text, re.IGNORECASE)
    offset = lead.end() if lead else 0
    for form in sorted(known, key=len, reverse=True):
        end = _reach(text, offset, squash(form))
        if end and _AFTER.match(text[end:]):
            return end
    return 0


def _reach(text: str, start: int, wanted: str) -> int:
    """Where the squashed ``wanted`` ends in ``text`` from ``start``, or 0."""
    done = 0
    for place in range(start, len(text)):
        letters = squash(text[place])
        if letters and not wanted.startswith(letters, done):
            return 0
        done += len(letters)
        if done >= len(wanted):
            return place + 1
    return 0


def same(printed: str, known: Iterable[str]) -> bool:
    """Whether ``printed`` is one of the names, or abbreviates one, or is abbreviated by one."""
    bare = re.sub(r"^the\s+", "", re.sub(r"\s*[(\[][^)\]]*[)\]]", "", printed).strip(" .,;:*_"), flags=re.IGNORECASE)
    had = squash(bare)
    if not had:
        return False
    for form in known:
        wanted = squash(form)
        if had == wanted or (len(wanted) >= 12 and fuzz.ratio(had, wanted) >= 95):
            return True
        if _abbreviates(bare, form) or _abbreviates(form, bare):
            return True
    return False


def _abbreviates(short: str, long: str) -> bool:
    """Each word of ``short`` begins, or contracts, the next word of ``long``; or it is the initials of all of them."""
    shorts = _WORD.findall(fold(short))
    longs = [word for word in _WORD.findall(fold(long)) if word not in _SMALL]
    if not shorts or not longs:
        return False
    if len(shorts) == 1 and len(shorts[0]) >= 3:
        initials = "".join(word[0] for word in longs)
        if shorts[0] == initials or (len(shorts[0]) >= 4 and initials.startswith(shorts[0])):
            return short.strip(" .").isupper() or shorts[0] == initials
    shorts = [word for word in shorts if word not in _SMALL]
    return len(shorts) == len(longs) and all(map(_shortens, shorts, longs)) and any(map(str.__ne__, shorts, longs))


def _shortens(short: str, long: str) -> bool:
    if long.startswith(short):
        return True
    if len(short) < 2 or short[0] != long[0] or len(short) > len(long) - 2:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)
