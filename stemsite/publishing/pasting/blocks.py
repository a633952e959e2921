"""What a text of ours is made of: paragraphs, headings, lists, tables, and runs of words with their marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

SPACE = re.compile("[ \t\n\r\f\u00a0\u2000-\u200a\u202f\u3000]+")
BULLET = re.compile("^(?:[·•▪◦‣●○][ ]*)+")


@dataclass(frozen=True, slots=True)
class Marks:
    bold: bool = False
    italic: bool = False
    shift: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    marks: Marks = Marks()
    cite: str = ""
    """The whole mark, where this is a citation; ``text`` is a line break where it is one."""


BREAK = Run("\n")


@dataclass(slots=True)
class Paragraph:
    runs: list[Run]
    level: int = 0
    """Of a heading."""
    depth: int = 0
    """Of a list item that stands as a paragraph, as Word writes them."""
    ordered: bool = False


@dataclass(slots=True)
class List:
    ordered: bool
    items: list[list[Paragraph | List | Table]]


@dataclass(slots=True)
class Table:
    rows: list[list[tuple[str, list[Paragraph | List | Table]]]]
    """Each cell with its opening tag."""


Block = Paragraph | List | Table


def tidy(runs: list[Run]) -> list[Run]:
    """One space between words, none at the edges, neighbours alike as one, and no link of a space alone."""
    found: list[Run] = []
    for run in runs:
        text = run.text
        if run is BREAK:
            if found and found[-1] is not BREAK:
                _strip_end(found)
                found.append(run)
            continue
        at_edge = not found or found[-1] is BREAK or (not found[-1].cite and found[-1].text.endswith(" "))
        text = text.lstrip(" ") if at_edge and not run.cite else text
        if not run.cite and not text:
            continue
        marks = Marks(href=run.marks.href) if text == " " else run.marks
        if found and found[-1].text == " " and found[-1].marks.href and found[-1].marks != marks:
            found.pop()
            join(found, Run(" "))
        join(found, Run(text, marks, run.cite))
    _strip_end(found)
    while found and found[-1] is BREAK:
        found.pop()
        _strip_end(found)
    return found


def join(runs: list[Run], run: Run) -> None:
    """``run`` at the end of ``runs``, as one with the last where both are alike, one space between."""
    last = runs[-1] if runs else BREAK
    if last is BREAK or last.cite or run.cite or last.marks != run.marks:
        runs.append(run)
    else:
        runs[-1] = Run(SPACE.sub(" ", last.text + run.text), run.marks)


def _strip_end(runs: list[Run]) -> None:
    while runs and runs[-1] is not BREAK and not runs[-1].cite:
        text = runs[-1].text.rstrip(" ")
        if text:
            runs[-1] = replace(runs[-1], text=text)
            return
        runs.pop()


def plain(blocks: list[Block]) -> str:
    """The words of a heading: nothing else stands in one, and no bullet before them."""
    words = [run.text for block in small(blocks) if isinstance(block, Paragraph) for run in [*block.runs, Run(" ")]]
    return BULLET.sub("", SPACE.sub(" ", "".join(words)).strip())


def nested(blocks: list[Block]) -> list[Block]:
    """Word's list paragraphs as lists within lists."""
    found: list[Block] = []
    open_: list[List] = []
    for block in blocks:
        if not isinstance(block, Paragraph) or not block.depth:
            found.append(block)
            open_ = []
            continue
        del open_[block.depth :]
        if len(open_) == block.depth and block.depth == 1 and open_[0].ordered != block.ordered:
            open_ = []
        while len(open_) < block.depth:
            inner = List(block.ordered, [])
            if open_ and open_[-1].items:
                open_[-1].items[-1].append(inner)
            elif open_:
                break
            else:
                found.append(inner)
            open_.append(inner)
        open_[-1].items.append([Paragraph(block.runs)])
    return found


def small(blocks: list[Block]) -> Iterator[Block]:
    """What an item or a cell can hold: paragraphs and lists."""
    for block in blocks:
        match block:
            case Table(rows):
                for row in rows:
                    for _, cell in row:
                        yield from small(cell)
            case Paragraph(level=level) if level:
                yield Paragraph(block.runs)
            case _:
                yield block
