"""What comes from elsewhere (Word, Google Docs, Outlook, the web) as text our sections can hold (PUB-94, PUB-95).

The browser does the same to a paste (``static/stemsite/admin/pasting.js``); tests hold both to one result.
Pure. Normalising twice changes nothing.
"""

from __future__ import annotations

from .addresses import address
from .blocks import Marks, Paragraph, nested
from .reading import read
from .tree import tree
from .writing import write

__all__ = ["address", "normalise"]


def normalise(html: str) -> str:
    """``html`` in the marks of our sections: paragraphs, two levels of headings, lists, tables, citations, links."""
    blocks = nested(read(tree(html), Marks()))
    levels = [block.level for block in blocks if isinstance(block, Paragraph) and block.level]
    return "".join(write(block, min(levels, default=0)) for block in blocks)
