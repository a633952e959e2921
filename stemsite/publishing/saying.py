"""What a page says, block by block, as the content checks read it (CL-20)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from stemsite.checks.block import Block, Kind
from stemsite.checks.blocks import html_pieces

_MARK = re.compile(r"<(?P<cite>cite\b)?[^>]*>")
_LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """All texts of a page with the scope its body is read in."""

    scope: str
    blocks: tuple[Block, ...]
    glossary: tuple[str, ...] = ()
    """Names that the page explains or is about."""
    graver: frozenset[str] = frozenset()
    """Rules whose warnings are blocks on such a page."""


Names = Callable[[], Iterable[str]]

_explained: list[Names] = []


def register_explained(names: Names) -> None:
    """Add what explains names for every page, such as a glossary, from ``ready()``."""
    if names not in _explained:
        _explained.append(names)


def explained() -> tuple[str, ...]:
    """Names that the site explains besides its pages, as of now."""
    return tuple(name for names in _explained for name in names())


def line(
    text: str, *, key: str, kind: Kind = "paragraph", role: str = "", level: int = 0, scope: str = ""
) -> Iterator[Block]:
    """One text without marks; nothing where it is empty."""
    if text.strip():
        yield Block(key=key, kind=kind, text=text, role=role, level=level, scope=scope)


def prose(html: str, *, key: str, kind: Kind = "paragraph", role: str = "", scope: str = "") -> Iterator[Block]:
    """Rich text cut where a reader's eye stops; ``kind`` says what its loose text is."""
    for found, piece, level in html_pieces(html):
        text, cited = _plain(piece)
        if text.strip() or found == "heading":
            shown = kind if found == "paragraph" else found
            links = tuple(_plain(link[1])[0] for link in _LINK.finditer(piece))
            yield Block(
                key=key, kind=shown, text=text, role=role, citations=cited, level=level, links=links, scope=scope
            )


def _plain(piece: str) -> tuple[str, tuple[int, ...]]:
    """``piece`` without marks, and where in it a source is named."""
    text = ""
    cited: list[int] = []
    end = 0
    for mark in _MARK.finditer(piece):
        text += unescape(piece[end : mark.start()])
        end = mark.end()
        if mark["cite"]:
            cited.append(len(text))
    return text + unescape(piece[end:]), tuple(cited)
