"""Reading the texts of the example site: plain files in which a writer can read and correct every sentence.

A file begins with ``name: value`` lines. Each section begins with ``## Heading`` (or ``##`` alone), then
``name: value`` lines, then its text: paragraphs, ``- `` and ``1. `` lists, ``### `` headings, ``**bold**``,
``[words](address)`` and citations ``[@key]``. Pure: text in, values out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"

_NAMED = re.compile(r"([a-z_]+):[ \t]*(.*)")
_SECTION = re.compile(r"^##(?: +(.+))?$", re.MULTILINE)
_CITATION = re.compile(r"\[@([a-z0-9-]+)\]")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_BULLET = re.compile(r"(?:-|\d+\.) +")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    heading: str
    named: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    named: Mapping[str, str]
    sections: tuple[Section, ...]


def read(path: Path) -> Text:
    head, *rest = _SECTION.split(path.read_text(encoding="utf-8"))
    named, _ = _named_lines(head)
    sections = []
    for heading, body in zip(rest[::2], rest[1::2], strict=True):
        names, text = _named_lines(body)
        sections.append(Section(heading=(heading or "").strip(), named=names, text=text))
    return Text(named=named, sections=tuple(sections))


@cache
def texts(folder: str) -> tuple[Text, ...]:
    """Every text of ``pages`` or ``studies``, in the order of the file names."""
    return tuple(read(path) for path in sorted((FOLDER / folder).glob("*.md")))


def _named_lines(text: str) -> tuple[dict[str, str], str]:
    """The ``name: value`` lines that ``text`` begins with, and what follows them."""
    lines = text.strip("\n").split("\n")
    named: dict[str, str] = {}
    while lines and (match := _NAMED.fullmatch(lines[0])):
        named[match[1]] = match[2].strip()
        lines.pop(0)
    return named, "\n".join(lines).strip()


def words(value: str) -> tuple[str, ...]:
    """A comma list."""
    return tuple(item.strip() for item in value.split(",") if item.strip())


def to_html(text: str, references: Mapping[str, int]) -> str:
    """``text`` as the editor would store it; ``references`` gives the id behind each citation key."""
    return "".join(_block(block, references) for block in re.split(r"\n\s*\n", text.strip()) if block.strip())


def split_intro(text: str) -> tuple[str, str]:
    """The paragraph before a list, as plain words, and the list."""
    intro, separator, points = text.partition("\n\n")
    return (_joined(intro), points) if separator and not _BULLET.match(intro) else ("", text)


def _block(block: str, references: Mapping[str, int]) -> str:
    if block.startswith("### "):
        return f"<h3>{_inline(block[4:], references)}</h3>"
    if _BULLET.match(block):
        tag = "ul" if block.startswith("-") else "ol"
        items = re.split(r"\n(?=(?:-|\d+\.) )", block)
        inner = "".join(f"<li><p>{_inline(_BULLET.sub('', item, count=1), references)}</p></li>" for item in items)
        return f"<{tag}>{inner}</{tag}>"
    return f"<p>{_inline(block, references)}</p>"


def _inline(text: str, references: Mapping[str, int]) -> str:
    html = escape(_joined(text), quote=False)
    html = _CITATION.sub(lambda match: f'<cite data-ref="{references[match[1]]}"></cite>', html)
    html = _LINK.sub(r'<a href="\2">\1</a>', html)
    return _BOLD.sub(r"<strong>\1</strong>", html)


def _joined(text: str) -> str:
    return " ".join(text.split())
