"""Terms of the glossary in running text: the first use of each on a page is a link to its definition. Pure.

A link alone is added: no word of the page changes, so what a page said on a day stays what its version says (PUB-29).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape
from string import ascii_lowercase, ascii_uppercase

Named = tuple[tuple[str, tuple[str, ...]], ...]
"""Each term by its anchor, with every name it goes by."""

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_TAG = r"""<(?P<end>/?)(?P<tag>[a-z0-9]+)(?:"[^"]*"|[^>"])*>"""
_APART = frozenset({"a", "blockquote", "cite", "q", "sup", "h1", "h2", "h3", "h4", "h5", "h6", "th", "caption"})
"""Elements in which no term is a link: headings, links, citations and the words of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All names of the glossary as one pattern, the longest first where several begin alike."""

    pattern: re.Pattern[str] | None
    meant: dict[str, tuple[str, bool]]
    """A name in small letters -> its anchor, and whether it is met in capitals alone."""


@dataclass(slots=True)
class Glossing:
    """The terms that are yet to be linked on one page."""

    vocabulary: Vocabulary
    done: set[str] = field(default_factory=set)
    """Anchors of terms that were linked, or need no link here."""
    linked: bool = False

    def link(self, html: str) -> str:
        """``html`` with a link at the first use of each term that was not linked before."""
        pattern = self.vocabulary.pattern
        if pattern is None:
            return html
        pieces: list[str] = []
        position, apart = 0, 0
        for match in pattern.finditer(html.translate(_LOWER)):
            if match["tag"]:
                if match["tag"] in _APART:
                    apart += -1 if match["end"] else 1
            elif not apart and (slug := self._meant(html[match.start() : match.end()], match["name"])):
                self.done.add(slug)
                self.linked = True
                words = html[match.start() : match.end()]
                pieces.append(f"{html[position : match.start()]}<a href=/glossary/#{slug}>{words}</a>")
                position = match.end()
        return "".join((*pieces, html[position:])) if pieces else html

    def _meant(self, text: str, name: str) -> str:
        meant, key = self.vocabulary.meant, _plain(name)
        slug, in_capitals = meant[key if key in meant else f"{key[:-2]}y"]
        if slug in self.done or (in_capitals and not unescape(text[: len(name)]).isupper()):
            return ""
        if len(text) > len(name) and re.search(r"(^| ).$", key):
            return ""  # ``phase is`` is no plural of ``phase I``.
        return slug


@lru_cache(maxsize=8)
def vocabulary(terms: Named) -> Vocabulary:
    """Made once for each state of the glossary; names stand by their first letters, so that most are not tried."""
    meant: dict[str, tuple[str, bool]] = {}
    for slug, names in terms:
        for name in names:
            meant.setdefault(_plain(escape(name, quote=False)), (slug, name.isupper()))
    if not meant:
        return Vocabulary(pattern=None, meant={})
    groups: dict[str, list[str]] = {}
    for name in sorted(meant, key=lambda name: (-len(name), name)):
        groups.setdefault(name[0], []).append(name)
    any_of = "|".join(f"{re.escape(first)}(?:{_any(first, names)})" for first, names in sorted(groups.items()))
    return Vocabulary(
        pattern=re.compile(rf"{_TAG}|(?<![\w&/-])(?P<name>{any_of})(?:s|es)?(?![\w/-])"),
        meant=meant,
    )


def needless(terms: Named, names: Iterable[str]) -> set[str]:
    """Anchors of terms that go by one of ``names``: what a whole page is about needs no link on it."""
    said = {_plain(escape(name, quote=False)) for name in names}
    return {slug for slug, known in terms if not said.isdisjoint(_plain(escape(name, quote=False)) for name in known)}


def _any(first: str, names: list[str]) -> str:
    return "|".join(_loose(name[len(first) :]) for name in names)


def _loose(name: str) -> str:
    """``name`` as people write it: a blank may be a hyphen or the end of a line, a last y becomes ies."""
    pattern = re.escape(name).replace(r"\ ", r"(?:\s|-|&nbsp;)+").replace("'", "['’]")
    return f"{pattern[:-1]}(?:y|ie(?=s))" if re.search("[^aeiou]y$", name) else pattern


def _plain(name: str) -> str:
    """Small letters, single blanks and straight apostrophes: the key of a name."""
    return " ".join(re.split(r"(?:\s|-|&nbsp;)+", name.translate(_LOWER).replace("’", "'")))
