"""Cleaned rich text as blocks and runs, which both the page and the booklet are set from. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html.parser import HTMLParser

import msgspec

Number = Callable[[int], int | None]
"""The number of a cited reference on this document; none where the source is unknown."""

SAFE_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """Words in one style; ``cites`` are the numbers of sources named after them."""

    text: str = ""
    bold: bool = False
    italic: bool = False
    script: str = ""
    """``sub`` or ``sup``."""
    href: str = ""
    cites: tuple[int, ...] = ()


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    runs: tuple[Run, ...]
    head: bool = False
    columns: int = 1
    rows: int = 1


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """``p`` and ``h`` hold runs, ``ul`` and ``ol`` items, ``table`` rows, ``callout`` a heading and one item.

    ``statute`` and ``statute-largest`` hold runs: a law's own text, the latter as large as the largest type.
    """

    kind: str
    runs: tuple[Run, ...] = ()
    items: tuple[tuple[Block, ...], ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


def paragraph(text: str) -> Block:
    return Block(kind="p", runs=(Run(text=text),))


def heading(text: str) -> Block:
    return Block(kind="h", runs=(Run(text=text),))


def words_of(blocks: Iterable[Block]) -> str:
    """All words of ``blocks`` on one line, for tests and for what is announced."""
    pieces: list[str] = []
    for block in blocks:
        pieces.append("".join(run.text for run in block.runs))
        pieces += [words_of(item) for item in block.items]
        pieces += ["".join(run.text for run in cell.runs) for row in block.rows for cell in row]
    return " ".join(" ".join(pieces).split())


def runs_of(html: str, *, site_url: str = "") -> tuple[Run, ...]:
    """A piece of inline markup, such as a formatted reference."""
    blocks = blocks_of(html, lambda _: None, site_url=site_url)
    return tuple(run for block in blocks for run in block.runs)


def blocks_of(html: str, number: Number, *, site_url: str = "") -> tuple[Block, ...]:
    """``html`` as the editor stores it; links that lead nowhere on paper keep their words only."""
    reader = _Reader(number, site_url)
    reader.feed(html)
    reader.close()
    return reader.finished()


class _Reader(HTMLParser):
    """Knows the tags of ``clean_prose`` and reads any other as nothing but its words."""

    def __init__(self, number: Number, site_url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.number = number
        self.site_url = site_url
        self.levels: list[list[Block]] = [[]]
        self.runs: list[Run] = []
        self.kind = "p"
        self.style: list[str] = []
        self.href = ""
        self.lists: list[tuple[str, list[tuple[Block, ...]]]] = []
        self.rows: list[list[Cell]] = []
        self.spans = (1, 1)

    def finished(self) -> tuple[Block, ...]:
        self._end_block()
        while self.lists:
            self._end_list()
        return tuple(self.levels[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "p" | "h3" | "h4":
                self._end_block()
                self.kind = "p" if tag == "p" else "h"
            case "ul" | "ol":
                self._end_block()
                self.lists.append((tag, []))
            case "li":
                self._end_block()
                self.levels.append([])
            case "strong" | "em" | "i" | "sub" | "sup":
                self.style.append(tag)
            case "br":
                self.runs.append(self._run("\n"))
            case "a":
                self.href = self._link(given.get("href", ""))
            case "cite":
                self._cite(given.get("data-ref", ""))
            case "table":
                self._end_block()
                self.rows = []
            case "tr":
                self.rows.append([])
            case "td" | "th":
                self.runs = []
                self.spans = int(given.get("colspan") or 1), int(given.get("rowspan") or 1)

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "p" | "h3" | "h4":
                if not self._in_cell():
                    self._end_block()
            case "li":
                self._end_block()
                item = tuple(self.levels.pop()) if len(self.levels) > 1 else ()
                if self.lists and item:
                    self.lists[-1][1].append(item)
            case "ul" | "ol":
                self._end_list()
            case "strong" | "em" | "i" | "sub" | "sup":
                if tag in self.style:
                    self.style.remove(tag)
            case "a":
                self.href = ""
            case "td" | "th":
                if self.rows:
                    columns, rows = self.spans
                    cell = Cell(runs=tuple(self.runs), head=tag == "th", columns=columns, rows=rows)
                    self.rows[-1].append(cell)
                self.runs = []
            case "table":
                rows_found = tuple(tuple(row) for row in self.rows if row)
                if rows_found:
                    self.levels[-1].append(Block(kind="table", rows=rows_found))
                self.rows = []

    def handle_data(self, data: str) -> None:
        if data.strip() or (self.runs and data):
            self.runs.append(self._run(re.sub(r"\s+", " ", data)))

    def _in_cell(self) -> bool:
        return bool(self.rows)

    def _run(self, text: str) -> Run:
        script = next((tag for tag in self.style if tag in {"sub", "sup"}), "")
        italic = bool({"em", "i"} & set(self.style))
        return Run(text=text, bold="strong" in self.style, italic=italic, script=script, href=self.href)

    def _link(self, href: str) -> str:
        """Where a link leads from paper or from a mail: other sites, and this one by its full address."""
        if href.startswith("/"):
            return f"{self.site_url}{href}" if self.site_url else ""
        return href if SAFE_LINK.match(href) else ""

    def _cite(self, reference: str) -> None:
        number = self.number(int(reference)) if reference.isdigit() else None
        if number is None:
            return
        if self.runs and self.runs[-1].cites:
            numbers = (*self.runs[-1].cites, number)
            self.runs[-1] = Run(cites=tuple(sorted(set(numbers))))
        else:
            self.runs.append(Run(cites=(number,)))

    def _end_block(self) -> None:
        if self._in_cell():
            return
        if any(run.text.strip() or run.cites for run in self.runs):
            self.levels[-1].append(Block(kind=self.kind, runs=tuple(self.runs)))
        self.runs, self.kind = [], "p"

    def _end_list(self) -> None:
        self._end_block()
        if self.lists:
            kind, items = self.lists.pop()
            if items:
                self.levels[-1].append(Block(kind=kind, items=tuple(items)))
