"""A page's blocks as the checks read them: each by itself, and a heading together with its list. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from .block import Block, Kind
from .claims import claims, uncovered
from .cooccurrence import side_by_side
from .finding import Finding, fingerprint
from .languages import is_foreign
from .lexicon import Lexicon
from .plain_rules import plain_findings
from .structure import structure_findings

_LEADS: dict[Kind, frozenset[Kind]] = {
    "title": frozenset({"button"}),
    "heading": frozenset({"item", "button"}),
    "paragraph": frozenset({"item"}),
    "label": frozenset({"value", "cell"}),
}
"""What is read as the beginning of which: a line with its list, a label with its value, a heading with its button."""

_STEADY = frozenset({"item", "button"})
"""Several may follow one lead."""
_LONGEST_LEAD = 200
_DENIES = ("negation", "skeptic")


def check_blocks(
    blocks: Sequence[Block], scope: str, *, lexicon: Lexicon, glossary: Iterable[str] = ()
) -> tuple[Finding, ...]:
    """Findings on all ``blocks``, in their order and in each by place; offsets are into the text of the block."""
    placed: list[tuple[int, Finding]] = []
    for number, block in enumerate(blocks):
        mine = claims(block.text, block.scope or scope, lexicon=lexicon)
        near = side_by_side(block, block.scope or scope, mine, lexicon=lexicon)
        placed += [(number, replace(finding, surface=block.key)) for finding in (*mine, *near)]
    placed += _joined(blocks, scope, lexicon)
    placed += _foreign(blocks, scope)
    placed += plain_findings(blocks, scope, glossary=frozenset(term.lower() for term in glossary))
    placed += structure_findings(blocks, scope)
    return tuple(finding for _, finding in sorted(placed, key=lambda item: (item[0], item[1].order)))


def _joined(blocks: Sequence[Block], scope: str, lexicon: Lexicon) -> Iterator[tuple[int, Finding]]:
    """Claims that begin in one block and end in the next one (CL-22)."""
    lead: Block | None = None
    for number, block in enumerate(blocks):
        if lead is not None and block.kind in _LEADS.get(lead.kind, ()):
            if finding := _across(lead, block, block.scope or scope, lexicon):
                yield number, finding
            if block.kind in _STEADY:
                continue
        lead = block if block.kind in _LEADS and 0 < len(block.text) <= _LONGEST_LEAD else None


def _across(lead: Block, block: Block, scope: str, lexicon: Lexicon) -> Finding | None:
    """The gravest claim that needs both texts, read as one sentence with and without a colon."""
    words = lead.text.rstrip(" \n:")
    found = [
        finding
        for joint in (" ", ": ")
        if joint == " " or not _denies(words, lexicon)
        for finding in claims(f"{words}{joint}{block.text}", scope, lexicon=lexicon)
        if finding.start < len(words) and finding.end > len(words) + len(joint) and finding.severity != "info"
    ]
    if not found:
        return None
    worst = next((finding for finding in found if finding.severity == "block"), found[0])
    return replace(
        worst,
        rule="CL-22",
        start=0,
        end=max(1, min(len(block.text), worst.end - len(words) - 1)),
        explanation=f"Read together with “{words}”: {worst.explanation}",
        surface=block.key,
        fingerprint=fingerprint("CL-22", worst.sentence),
    )


def _denies(words: str, lexicon: Lexicon) -> bool:
    """Whether the lead itself takes back what follows it: “What cells cannot do”, “Myths”."""
    guards = [lexicon.guards[name] for name in _DENIES]
    pseudo = [guard.pseudo.sub("_", words) if guard.pseudo else words for guard in guards]
    return any(guard.cue and guard.cue.search(heard) for guard, heard in zip(guards, pseudo, strict=True))


def _foreign(blocks: Sequence[Block], scope: str) -> Iterator[tuple[int, Finding]]:
    """One warning where the blocks together are in a language that the word rules cannot read."""
    said = [(number, block) for number, block in enumerate(blocks) if (block.scope or scope) != "citation"]
    if is_foreign(" ".join(block.text for _, block in said)):
        number, block = next((item for item in said if is_foreign(item[1].text)), said[0])
        yield number, uncovered(block.text, block.key)


_BREAK = re.compile(
    r"<(?P<close>/?)(?P<tag>p|ul|ol|li|h[1-6]|table|thead|tbody|tr|td|th|blockquote|div|section|figcaption|button|dt|dd"
    r"|label|option|summary|caption|title|br)\b[^>]*>",
    re.IGNORECASE,
)
_HEADING = re.compile(r"h[1-6]")
_KINDS: dict[str, Kind] = {
    "li": "item", "td": "cell", "th": "label", "dt": "label", "dd": "value", "button": "button", "label": "label",
    "figcaption": "caption", "caption": "caption", "option": "item", "title": "title",
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "summary"), "heading"),
}  # fmt: skip


def html_pieces(html: str) -> Iterator[tuple[Kind, str, int]]:
    """``html`` cut at every block element, marks within a block kept: each piece with the kind of its element and,
    for a heading, its level. A heading without words is a piece too."""
    start = 0
    stack: list[str] = []
    silent = ""
    for mark in _BREAK.finditer(html):
        if html[start : mark.start()].strip():
            yield _kind(stack), html[start : mark.start()], _level(stack)
            silent = ""
        start = mark.end()
        tag = mark["tag"].lower()
        if _HEADING.fullmatch(tag):
            if mark["close"] and silent == tag:
                yield "heading", "", int(tag[1])
            silent = "" if mark["close"] else tag
        if mark["close"]:
            while stack and stack.pop() != tag:
                continue
        elif tag != "br":
            stack.append(tag)
    if html[start:].strip():
        yield _kind(stack), html[start:], _level(stack)


def _kind(stack: Sequence[str]) -> Kind:
    return next((_KINDS[tag] for tag in reversed(stack) if tag in _KINDS), "paragraph")


def _level(stack: Sequence[str]) -> int:
    return next((int(tag[1]) for tag in reversed(stack) if _HEADING.fullmatch(tag)), 0)
