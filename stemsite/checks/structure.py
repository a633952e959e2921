"""Headings and links that mislead whoever hears the page or skims it, as findings (PUB-96). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .block import Block
from .finding import Finding, fingerprint
from .normalising import normal

RULE = "PUB-96"
FEWEST_WORDS, FEWEST_LETTERS = 4, 20
"""Less in capitals is a name, an abbreviation or a list of genes."""

_PAGES = frozenset({"article", "offer", "study_summary", "policy"})
_SPOKEN = frozenset({"paragraph", "item", "cell", "caption"})
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+(?![^\W_])")
_SAYS_NOTHING = re.compile(
    r"(?:please )?(?:click|tap|press|look|see|read|go)?(?: on)? ?(?:right )?"
    r"(?:here|link|the link|this(?: link| page)?)(?: (?:to|for) (?:read|see|learn|find out) more)?"
    r"|click|tap|details|more(?: info(?:rmation)?)?|(?:read|see|learn|find out|show) more"
    r"|read on|continue(?: reading)?",
    re.IGNORECASE,
)

Placed = tuple[int, Finding]


def structure_findings(blocks: Sequence[Block], scope: str) -> Iterator[Placed]:
    if scope not in _PAGES:
        return
    body = [(number, block) for number, block in enumerate(blocks) if not block.scope or block.scope == scope]
    yield from _headings(body)
    for number, block in body:
        yield from ((number, _about_link(block, text)) for text in block.links if _says_nothing(text))
        if block.kind in _SPOKEN and _shouts(block.text):
            yield number, _finding(block, block.text, "This is written in capitals.", "Write it in small letters.")


def _headings(body: Sequence[tuple[int, Block]]) -> Iterator[Placed]:
    above = 1
    for number, block in body:
        if block.kind != "heading" or not block.level:
            continue
        if not block.text.strip():
            yield number, _finding(block, "(empty heading)", "A heading without words.", "Remove it, or write it.")
            continue
        if block.level > above + 1:
            why = f"This heading has level {block.level} and stands under one of level {above}."
            yield number, _finding(block, block.text, why, f"Give it level {above + 1}.")
        above = block.level


def _about_link(block: Block, text: str) -> Finding:
    why = "Heard or read by itself, this link does not say where it leads."
    return _finding(block, text, why, "Make the words that name the target the link.")


def _says_nothing(text: str) -> bool:
    words = " ".join(_WORD.findall(normal(text)))
    return _SAYS_NOTHING.fullmatch(words) is not None


def _shouts(text: str) -> bool:
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    return len(words) >= FEWEST_WORDS and letters >= FEWEST_LETTERS and text.isupper()


def _finding(block: Block, words: str, why: str, instead: str) -> Finding:
    """Bound to its section as well: the same words elsewhere are another finding."""
    sentence = normal(words)[:2000]
    start = max(0, block.text.find(words))
    return Finding(
        rule=RULE,
        category="STRUCTURE",
        severity="warn",
        start=start,
        end=min(len(block.text), start + len(words)),
        sentence=sentence,
        explanation=why,
        suggestion=instead,
        surface=block.key,
        fingerprint=fingerprint(RULE, f"{block.key}\0{why}\0{sentence}"),
    )
