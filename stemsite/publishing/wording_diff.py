"""Two texts, word by word: what stayed, what was added, what was removed. Pure, and fast for long texts.

Patience first: words that occur once on either side are fixed points, and only the gaps between
them are compared closely. A gap too large for that is shown as removed and added.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape
from typing import Literal

Op = Literal["same", "added", "removed", "skipped"]

_TOKEN = re.compile(r"</?[a-zA-Z][^<>]*>|[^\s<]+\s*|<\s*|\s+")
_CITE = re.compile(r'<cite data-ref="(\d+)"(?: data-loc="([^"]*)")?>')
_HREF = re.compile(r'href="([^"]*)"')
_BLOCKS = frozenset({"p", "li", "ul", "ol", "h3", "h4", "table", "tr", "td", "th", "br", "thead", "tbody"})
_NAMES = {
    "strong": "bold",
    "em": "italic",
    "sub": "subscript",
    "sup": "superscript",
    "p": "paragraph",
    "li": "list item",
    "ul": "bulleted list",
    "ol": "numbered list",
    "h3": "heading",
    "h4": "small heading",
    "tr": "table row",
    "td": "cell",
    "th": "heading cell",
    "br": "line break",
}
_CLOSELY = 250_000
_CONTEXT = 24

Opcode = tuple[bool, int, int, int, int]
"""Whether the run is equal, and its bounds on both sides."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words with one fate; ``skipped`` stands for unchanged words left out."""

    op: Op
    text: str


def words_between(before: str, after: str, *, sources: Mapping[int, str] | None = None) -> tuple[Piece, ...]:
    """The pieces of both texts in reading order; ``sources`` names what citation marks point at."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    names = sources or {}
    pieces: list[Piece] = []
    for equal, i1, i2, j1, j2 in _joined(list(_runs(old, new, 0, 0)), old):
        if equal:
            pieces.append(Piece("same", _readable(old[i1:i2], names)))
        else:
            pieces.append(Piece("removed", _spelled_out(old[i1:i2], names)))
            pieces.append(Piece("added", _spelled_out(new[j1:j2], names)))
    return tuple(piece for piece in pieces if piece.text)


def as_words(text: str, *, sources: Mapping[int, str] | None = None) -> str:
    """``text`` as a reader would hear it, marks named."""
    return _readable(_TOKEN.findall(text), sources or {}).strip()


def shortened(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """``pieces`` with long unchanged runs cut to the words around the changes."""
    found: list[Piece] = []
    for index, piece in enumerate(pieces):
        words = piece.text.split(" ")
        if piece.op != "same" or len(words) <= 2 * _CONTEXT + 10:
            found.append(piece)
            continue
        if index > 0:
            found.append(Piece("same", " ".join(words[:_CONTEXT])))
        found.append(Piece("skipped", f" … {len(words) - 2 * _CONTEXT} unchanged words … "))
        if index < len(pieces) - 1:
            found.append(Piece("same", " ".join(words[-_CONTEXT:])))
    return tuple(found)


def _runs(old: Sequence[str], new: Sequence[str], i0: int, j0: int) -> Iterator[Opcode]:
    """Equal and unequal runs of ``old`` and ``new``, which begin at ``i0`` and ``j0``."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if start:
        yield True, i0, i0 + start, j0, j0 + start
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    yield from _gap(middle_old, middle_new, i0 + start, j0 + start)
    if end:
        yield True, i0 + len(old) - end, i0 + len(old), j0 + len(new) - end, j0 + len(new)


def _gap(old: Sequence[str], new: Sequence[str], i0: int, j0: int) -> Iterator[Opcode]:
    if not old or not new:
        if old or new:
            yield False, i0, i0 + len(old), j0, j0 + len(new)
        return
    anchors = _anchors(old, new)
    if anchors:
        i, j = 0, 0
        for at_old, at_new in [*anchors, (len(old), len(new))]:
            yield from _runs(old[i:at_old], new[j:at_new], i0 + i, j0 + j)
            if at_old < len(old):
                yield True, i0 + at_old, i0 + at_old + 1, j0 + at_new, j0 + at_new + 1
            i, j = at_old + 1, at_new + 1
    elif len(old) * len(new) <= _CLOSELY:
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield tag == "equal", i0 + i1, i0 + i2, j0 + j1, j0 + j2
    else:
        yield False, i0, i0 + len(old), j0, j0 + len(new)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Places of words that occur once on both sides, as many as keep their order."""
    once_old = {word for word, count in Counter(old).items() if count == 1}
    once = {word for word, count in Counter(new).items() if count == 1} & once_old
    places = {word: index for index, word in enumerate(new) if word in once}
    pairs = [(index, places[word]) for index, word in enumerate(old) if word in once]
    return [pairs[index] for index in increasing([place for _, place in pairs])]


def increasing(numbers: Sequence[int]) -> list[int]:
    """Indices of a longest run of ``numbers`` that only grows."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        place = bisect_left(tails, number)
        tails[place : place + 1] = [number]
        ends[place : place + 1] = [index]
        before.append(ends[place - 1] if place else -1)
    found = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]


def _joined(runs: Sequence[Opcode], old: Sequence[str]) -> list[Opcode]:
    """Neighbouring runs of one kind as one; a single short word between two changes belongs to them."""
    merged: list[Opcode] = []
    for index, run in enumerate(runs):
        equal, i1, i2, j1, j2 = run
        between = 0 < index < len(runs) - 1 and not runs[index - 1][0] and not runs[index + 1][0]
        if equal and between and i2 - i1 == 1 and len(old[i1]) < 5 and not old[i1].startswith("<"):
            equal = False
        if merged and merged[-1][0] == equal:
            merged[-1] = (equal, merged[-1][1], i2, merged[-1][3], j2)
        else:
            merged.append((equal, i1, i2, j1, j2))
    return merged


def _readable(tokens: Sequence[str], sources: Mapping[int, str]) -> str:
    """Unchanged tokens: breaks as breaks, sources by name, other marks left out."""
    return _written(tokens, sources, lambda tag: "\n" if _name(tag) in _BLOCKS and not tag.startswith("</") else "")


def _spelled_out(tokens: Sequence[str], sources: Mapping[int, str]) -> str:
    """Changed tokens: every mark is named, so that a change of form alone is seen (PUB-26)."""
    return _written(tokens, sources, _mark)


def _written(tokens: Sequence[str], sources: Mapping[int, str], mark: Callable[[str], str]) -> str:
    written = []
    for token in tokens:
        if not re.match(r"</?[a-zA-Z]", token) or not token.endswith(">"):
            written.append(unescape(token))
        elif cite := _CITE.match(token):
            where = f", {unescape(cite[2])}" if cite[2] else ""
            written.append(f"[{sources.get(int(cite[1]), f'source {cite[1]}')}{where}] ")
        elif token != "</cite>":  # noqa: S105
            written.append(mark(token))
    return re.sub(r"\n\s*\n+", "\n", "".join(written))


def _name(tag: str) -> str:
    return re.sub(r"[^a-z0-9].*", "", tag.strip("</>").lower(), flags=re.DOTALL)


def _mark(tag: str) -> str:
    name = _name(tag)
    if name == "a":
        href = _HREF.search(tag)
        return f"⟨link to {unescape(href[1])}⟩" if href else "⟨end of link⟩"
    words = _NAMES.get(name, name)
    if name in _BLOCKS:
        return f"\n⟨{words}⟩ " if not tag.startswith("</") else ""
    return f"⟨end of {words}⟩" if tag.startswith("</") else f"⟨{words}⟩"
