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
    scope: str = ""
    """Where it differs from the page's: alternative text, what machines read, a list of sources."""
