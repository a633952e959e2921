"""What people type, made safe to keep: normal form, nothing invisible, no line breaks where a header may be built.

Pure. Names in any script pass; only what cannot be seen goes (LEAD-08, LEAD-09).
"""

from __future__ import annotations

import re
import unicodedata

LINE_BREAKS = frozenset("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
"""Everything that some mail program takes for the end of a header line."""

JOINERS = frozenset("\u200c\u200d")
"""ZWNJ and ZWJ: Persian and Indic names need them between letters."""

# Soft hyphen, Mongolian vowel separator, zero-width space and marks of direction, bidi controls, word joiner and its
# invisible kin, zero-width no-break space.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_BLANKS = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_MANY_LINES = re.compile(r"\n{3,}")


def breaks_a_line(text: str) -> bool:
    return not LINE_BREAKS.isdisjoint(text)


def clean_line(text: str) -> str:
    """``text`` as one line; that it holds no line break was asked before."""
    return " ".join(_visible(text, keep="").split())


def clean_text(text: str) -> str:
    """``text`` with its paragraphs, every line end as ``\\n``."""
    lines = _visible(_LINE_ENDS.sub("\n", text), keep="\n").split("\n")
    return _MANY_LINES.sub("\n\n", "\n".join(_BLANKS.sub(" ", line).strip() for line in lines)).strip()


def _visible(text: str, *, keep: str) -> str:
    normal = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    kept = [char if char in keep or not _is_control(char) else " " if char == "\t" else "" for char in normal]
    return _with_joiners_between_letters("".join(kept))


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs"}


def _with_joiners_between_letters(text: str) -> str:
    if JOINERS.isdisjoint(text):
        return text
    return "".join(
        char
        for place, char in enumerate(text)
        if char not in JOINERS or (_is_letter(text[place - 1 : place]) and _is_letter(text[place + 1 : place + 2]))
    )


def _is_letter(char: str) -> bool:
    """A letter, or a mark that belongs to one, as the virama before a joiner does."""
    return bool(char) and unicodedata.category(char)[0] in "LM"
