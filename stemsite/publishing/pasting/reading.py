"""From the tree of a paste to blocks: what each program means by its marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .addresses import address
from .blocks import BREAK, BULLET, SPACE, Block, List, Marks, Paragraph, Run, Table, join, nested, plain, small, tidy
from .tree import BLOCKS, HEADINGS, Node
from .writing import quoted

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]")
_NUMBER = re.compile("^\\(?[0-9a-zA-Z]{1,5}[.)]$")
_LEVEL = re.compile("level([1-9])")
_REFERENCE = re.compile("^[1-9][0-9]{0,15}$")
_SPAN = re.compile("^(?:[2-9]|[1-9][0-9])$")


def read(node: Node, marks: Marks) -> list[Block]:
    reader = _Reader()
    reader.walk(node, marks)
    reader.flush()
    return reader.blocks


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.runs: list[Run] = []

    def walk(self, node: Node, marks: Marks) -> None:
        for child in node.children:
            if isinstance(child, str):
                join(self.runs, Run(SPACE.sub(" ", _INVISIBLE.sub("", child)), marks))
            elif not _is_hidden(child):
                self.element(child, _marks_of(child, marks))

    def element(self, node: Node, marks: Marks) -> None:
        match node.tag:
            case "br":
                self.runs.append(BREAK)
            case "cite" if _REFERENCE.match(node.attributes.get("data-ref", "")):
                self.runs.append(Run("", cite=_cite(node)))
            case "ul" | "ol":
                self.flush()
                self.add(_list(node))
            case "table":
                self.flush()
                self.table(node)
            case "thead" | "tbody" | "tfoot":
                self.walk(node, marks)
            case tag if tag in HEADINGS or (tag == "p" and "msotitle" in node.kind):
                self.flush()
                text = plain(read(node, Marks()))
                if text:
                    self.blocks.append(Paragraph([Run(text)], level=HEADINGS.get(tag, 1)))
            case tag if tag in BLOCKS:
                self.flush()
                self.walk(node, marks)
                self.flush(node)
            case _:
                self.walk(node, marks)

    def add(self, block: List) -> None:
        if block.items:
            self.blocks.append(block)

    def table(self, node: Node) -> None:
        rows = [row for row in _rows(node) if any(blocks for _, blocks in row)]
        if sum(map(len, rows)) == 1:
            self.blocks += rows[0][0][1]
        elif rows:
            self.blocks.append(Table(rows))

    def flush(self, node: Node | None = None) -> None:
        """End the paragraph; an empty line within it ends it too."""
        listed = node.style.get("mso-list", "") if node is not None else ""
        parts: list[list[Run]] = [[]]
        for index, run in enumerate(self.runs):
            if run is BREAK and index and self.runs[index - 1] is BREAK:
                parts.append([])
            else:
                parts[-1].append(run)
        self.runs = []
        for part in parts:
            self._end(part, node, listed if "ignore" not in listed else "")

    def _end(self, part: list[Run], node: Node | None, listed: str) -> None:
        marker = _marker(node) if node is not None and listed else ""
        runs = tidy(part)
        typed = _is_bulleted(runs)
        while _is_bulleted(runs):
            runs[0] = replace(runs[0], text=BULLET.sub("", runs[0].text))
            runs = tidy(runs)
        if not runs:
            return
        level = _LEVEL.search(listed)
        if level:
            self.blocks.append(Paragraph(runs, depth=int(level[1]), ordered=bool(_NUMBER.match(marker))))
        elif typed:
            self.blocks.append(Paragraph(runs, depth=1))
        else:
            self.blocks.append(Paragraph(runs))


def _is_bulleted(runs: list[Run]) -> bool:
    """Whether somebody typed a bullet before the words."""
    return bool(runs and not runs[0].cite and BULLET.match(runs[0].text))


def _is_hidden(node: Node) -> bool:
    """Markers of Word's lists, its comments and deletions, and what a page does not show."""
    style = node.style
    return (
        style.get("display") == "none"
        or style.get("mso-hide") == "all"
        or style.get("visibility") == "hidden"
        or "ignore" in style.get("mso-list", "")
        or "comment" in style.get("mso-element", "")
        or any(kind in node.kind for kind in ("msodel", "msocom", "visually-hidden", "sr-only"))
    )


def _marker(node: Node) -> str:
    """What Word wrote before a list item: a bullet, or a number."""
    for child in node.children:
        if isinstance(child, Node):
            if "ignore" in child.style.get("mso-list", ""):
                return SPACE.sub("", _all_text(child))
            if found := _marker(child):
                return found
    return ""


def _all_text(node: Node) -> str:
    return "".join(child if isinstance(child, str) else _all_text(child) for child in node.children)


def _marks_of(node: Node, marks: Marks) -> Marks:
    style, tag = node.style, node.tag
    bold = marks.bold or tag in {"b", "strong"}
    italic = marks.italic or tag in {"i", "em"}
    shift = tag if tag in {"sub", "sup"} else marks.shift
    match style.get("font-weight", ""):
        case "normal" | "400" | "300" | "lighter":
            bold = False
        case "bold" | "bolder" | "600" | "700" | "800" | "900":
            bold = True
    match style.get("font-style", ""):
        case "normal":
            italic = False
        case "italic" | "oblique":
            italic = True
    match style.get("vertical-align", ""):
        case "super":
            shift = "sup"
        case "sub":
            shift = "sub"
    href = address(node.attributes.get("href", "")) if tag == "a" else marks.href
    return Marks(bold, italic, shift, href)


def _cite(node: Node) -> str:
    place = SPACE.sub(" ", node.attributes.get("data-loc", "")).strip()[:40]
    locator = f' data-loc="{quoted(place)}"' if place else ""
    return f'<cite data-ref="{node.attributes["data-ref"]}"{locator}></cite>'


def _list(node: Node) -> List:
    items: list[list[Block]] = []
    for part in _parts(node):
        blocks = list(small(nested(read(Node("body", {}, part), Marks()))))
        inner = blocks[0] if blocks else None
        if isinstance(inner, List):
            # A list in a list, or in an item without words: it belongs to the item before.
            if items:
                items[-1] += blocks
            else:
                items += inner.items
                items[-1] += blocks[1:]
        elif blocks:
            items.append(blocks)
    return List(node.tag == "ol", items)


def _parts(node: Node) -> Iterator[list[Node | str]]:
    """Items and inner lists one by one, and what stands loose between them together."""
    loose: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node) and child.tag in {"li", "ul", "ol"}:
            yield loose
            yield [child]
            loose = []
        else:
            loose.append(child)
    yield loose


def _rows(node: Node, *, head: bool = False) -> Iterator[list[tuple[str, list[Block]]]]:
    for child in node.children:
        if isinstance(child, str):
            continue
        if child.tag in {"thead", "tbody", "tfoot"}:
            yield from _rows(child, head=child.tag == "thead")
        elif child.tag == "tr":
            cells = [cell for cell in child.children if isinstance(cell, Node) and cell.tag in {"td", "th"}]
            yield [(_cell(cell, head=head), list(small(nested(read(cell, Marks()))))) for cell in cells]


def _cell(node: Node, *, head: bool) -> str:
    spans = [
        f' {name}="{node.attributes[name]}"'
        for name in ("colspan", "rowspan")
        if _SPAN.match(node.attributes.get(name, ""))
    ]
    return f"{'th' if head else node.tag}{''.join(spans)}"
