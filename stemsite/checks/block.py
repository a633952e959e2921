"""One block of a page as the checks read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["title", "heading", "paragraph", "item", "cell", "label", "value", "button", "caption", "alt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, heading, list item, cell, label or button."""

    key: str
    """Where it is mended: the key of a section or the name of a field; several blocks may share it."""
    kind: Kind = "paragraph"
    text: str
    role: str = ""
    citations: tuple[int, ...] = ()
    """Offsets in ``text`` at which a source is named."""
    level: int = 0
    """Of a heading, as on the page: 1 for its title; 0 where the level does not count."""
    links: tuple[str, ...] = ()
    """The words of each link in it."""
    scope: str = ""
    """Where it differs from the page's: alternative text, what machines read, a list of sources."""
