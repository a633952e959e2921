"""What comes from elsewhere (Word, Google Docs, Outlook, the web) as text our sections can hold (PUB-94, PUB-95).

The browser does the same to a paste (``static/stemsite/admin/pasting.js``); tests hold both to one result.
Pure. Normalising twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape
from html.parser import HTMLParser
from urllib.parse import unquote

import nh3

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = {
    *("p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "blockquote", "pre", "address"),
    *("figure", "figcaption", "center", "dl", "dt", "dd", "fieldset", "form", "details", "summary", "caption"),
    *("li", "tr", "td", "th"),
}
_INLINE = {
    *("a", "b", "strong", "i", "em", "span", "font", "u", "ins", "sub", "sup", "cite", "small", "big", "mark"),
    *("abbr", "q", "code", "kbd", "label", "s", "strike"),
}
_OTHER = {"ul", "ol", "table", "thead", "tbody", "tfoot", "br"}
_GONE = {
    *("script", "style", "template", "iframe", "object", "embed", "svg", "math", "noscript", "textarea", "title"),
    *("xml", "del", "select", "button", "video", "audio"),
}
_ATTRIBUTES = {
    "*": {"style", "class"},
    "a": {"href"},
    "cite": {"data-ref", "data-loc"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_cleaner = nh3.Cleaner(
    tags=set(_HEADINGS) | _BLOCKS | _INLINE | _OTHER,
    attributes=_ATTRIBUTES,
    clean_content_tags=_GONE,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)

_SPACE = re.compile("[ \t\n\r\f\u00a0\u2000-\u200a\u202f\u3000]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]")
_BULLET = re.compile("^[·•▪◦‣●○][ ]*")
_NUMBER = re.compile("^\\(?[0-9a-zA-Z]{1,5}[.)]$")
_LEVEL = re.compile("level([1-9])")
_TRACKING = re.compile("^(utm_[a-z]+|fbclid|gclid|dclid|msclkid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|yclid|twclid)=")
_REDIRECT = re.compile(
    "^https?://(?:www\\.google\\.[a-z.]+/url\\?|[a-z0-9.]+\\.safelinks\\.protection\\.outlook\\.com/\\?)(.*)$"
)
_TARGET = re.compile("(?:^|&)(?:q|url)=(https?(?::|%3A)[^&]*)", re.IGNORECASE)
_ENCODED = re.compile("^(?:[^%]|%[0-9a-fA-F]{2})*$")
_ADDRESS = re.compile("^(?:https?://[^\\s\\\\]+|mailto:[^\\s\\\\]+|tel:[^\\s\\\\]+|/(?!/)[^\\s\\\\]*)$", re.IGNORECASE)
_REFERENCE = re.compile("^[1-9][0-9]{0,15}$")
_SPAN = re.compile("^(?:[2-9]|[1-9][0-9])$")


@dataclass(slots=True)
class _Node:
    tag: str
    attributes: dict[str, str]
    children: list[_Node | str] = field(default_factory=list)

    @property
    def style(self) -> dict[str, str]:
        pairs = (part.partition(":") for part in self.attributes.get("style", "").lower().split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs if value.strip()}

    @property
    def kind(self) -> str:
        return self.attributes.get("class", "").lower()


class _Tree(HTMLParser):
    """The tree of what the cleaner wrote, where every element is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [_Node("body", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag != "br":
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


@dataclass(frozen=True, slots=True)
class _Marks:
    bold: bool = False
    italic: bool = False
    shift: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    marks: _Marks = _Marks()
    cite: str = ""
    """The whole mark, where this is a citation; ``text`` is a line break where it is one."""


BREAK = _Run("\n")


@dataclass(slots=True)
class _Paragraph:
    runs: list[_Run]
    level: int = 0
    """Of a heading."""
    depth: int = 0
    """Of a list item that stands as a paragraph, as Word writes them."""
    ordered: bool = False


@dataclass(slots=True)
class _List:
    ordered: bool
    items: list[list[_Paragraph | _List | _Table]]


@dataclass(slots=True)
class _Table:
    rows: list[list[tuple[str, list[_Paragraph | _List | _Table]]]]
    """Each cell with its opening tag."""


_Block = _Paragraph | _List | _Table


def normalise(html: str) -> str:
    """``html`` in the marks of our sections: paragraphs, two levels of headings, lists, tables, citations, links."""
    tree = _Tree()
    tree.feed(_cleaner.clean(html.replace("\x00", "")))
    tree.close()
    blocks = _nested(_read(tree.open[0], _Marks()))
    levels = [block.level for block in blocks if isinstance(block, _Paragraph) and block.level]
    return "".join(_write(block, min(levels, default=0)) for block in blocks)


# -- reading --------------------------------------------------------------------------------


def _read(node: _Node, marks: _Marks) -> list[_Block]:
    reader = _Reader()
    reader.walk(node, marks)
    reader.flush()
    return reader.blocks


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self.runs: list[_Run] = []

    def walk(self, node: _Node, marks: _Marks) -> None:
        for child in node.children:
            if isinstance(child, str):
                self.runs.append(_Run(_SPACE.sub(" ", _INVISIBLE.sub("", child)), marks))
            elif not _is_hidden(child):
                self.element(child, _marks_of(child, marks))

    def element(self, node: _Node, marks: _Marks) -> None:
        match node.tag:
            case "br":
                self.runs.append(BREAK)
            case "cite" if _REFERENCE.match(node.attributes.get("data-ref", "")):
                self.runs.append(_Run("", cite=_cite(node)))
            case "ul" | "ol":
                self.flush()
                self.add(_list(node))
            case "table":
                self.flush()
                self.table(node)
            case "thead" | "tbody" | "tfoot":
                self.walk(node, marks)
            case tag if tag in _HEADINGS or (tag == "p" and "msotitle" in node.kind):
                self.flush()
                text = _plain(_read(node, _Marks()))
                if text:
                    self.blocks.append(_Paragraph([_Run(text)], level=_HEADINGS.get(tag, 1)))
            case tag if tag in _BLOCKS:
                self.flush()
                self.walk(node, marks)
                self.flush(node)
            case _:
                self.walk(node, marks)

    def add(self, block: _List) -> None:
        if block.items:
            self.blocks.append(block)

    def table(self, node: _Node) -> None:
        rows = [row for row in _rows(node) if any(blocks for _, blocks in row)]
        if sum(map(len, rows)) == 1:
            self.blocks += rows[0][0][1]
        elif rows:
            self.blocks.append(_Table(rows))

    def flush(self, node: _Node | None = None) -> None:
        """End the paragraph; an empty line within it ends it too."""
        listed = node.style.get("mso-list", "") if node is not None else ""
        parts: list[list[_Run]] = [[]]
        for index, run in enumerate(self.runs):
            if run is BREAK and index and self.runs[index - 1] is BREAK:
                parts.append([])
            else:
                parts[-1].append(run)
        self.runs = []
        for part in parts:
            self._end(part, node, listed if "ignore" not in listed else "")

    def _end(self, part: list[_Run], node: _Node | None, listed: str) -> None:
        marker = _marker(node) if node is not None and listed else ""
        runs = _tidy(part)
        if not runs:
            return
        if level := _LEVEL.search(listed):
            self.blocks.append(_Paragraph(runs, depth=int(level[1]), ordered=bool(_NUMBER.match(marker))))
        elif not runs[0].cite and _BULLET.match(runs[0].text):
            runs[0] = replace(runs[0], text=_BULLET.sub("", runs[0].text))
            if runs := _tidy(runs):
                self.blocks.append(_Paragraph(runs, depth=1))
        else:
            self.blocks.append(_Paragraph(runs))


def _is_hidden(node: _Node) -> bool:
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


def _marker(node: _Node) -> str:
    """What Word wrote before a list item: a bullet, or a number."""
    for child in node.children:
        if isinstance(child, _Node):
            if "ignore" in child.style.get("mso-list", ""):
                return _SPACE.sub("", _all_text(child))
            if found := _marker(child):
                return found
    return ""


def _all_text(node: _Node) -> str:
    return "".join(child if isinstance(child, str) else _all_text(child) for child in node.children)


def _marks_of(node: _Node, marks: _Marks) -> _Marks:
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
    return _Marks(bold, italic, shift, href)


def address(href: str) -> str:
    """``href`` as it is kept: past redirects, without what follows people about; empty where it is not safe."""
    href = href.strip()
    if (wrapped := _REDIRECT.match(href)) and (target := _TARGET.search(wrapped[1])):
        href = _decoded(target[1])
    if not _ADDRESS.match(href):
        return ""
    start, mark, rest = href.partition("?")
    query, hash_, fragment = rest.partition("#")
    kept = "&".join(part for part in query.split("&") if part and not _TRACKING.match(part))
    return f"{start}{'?' if kept else ''}{kept}{hash_}{fragment}" if mark else href


def _decoded(text: str) -> str:
    if not _ENCODED.match(text):
        return text
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def _quoted(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")


def _cite(node: _Node) -> str:
    place = _SPACE.sub(" ", node.attributes.get("data-loc", "")).strip()[:40]
    locator = f' data-loc="{_quoted(place)}"' if place else ""
    return f'<cite data-ref="{node.attributes["data-ref"]}"{locator}></cite>'


def _list(node: _Node) -> _List:
    items: list[list[_Block]] = []
    for part in _parts(node):
        blocks = list(_small(_nested(_read(_Node("body", {}, part), _Marks()))))
        inner = blocks[0] if blocks else None
        if isinstance(inner, _List):
            # A list in a list, or in an item without words: it belongs to the item before.
            if items:
                items[-1] += blocks
            else:
                items += inner.items
                items[-1] += blocks[1:]
        elif blocks:
            items.append(blocks)
    return _List(node.tag == "ol", items)


def _parts(node: _Node) -> Iterator[list[_Node | str]]:
    """Items and inner lists one by one, and what stands loose between them together."""
    loose: list[_Node | str] = []
    for child in node.children:
        if isinstance(child, _Node) and child.tag in {"li", "ul", "ol"}:
            yield loose
            yield [child]
            loose = []
        else:
            loose.append(child)
    yield loose


def _small(blocks: list[_Block]) -> Iterator[_Block]:
    """What an item or a cell can hold: paragraphs and lists."""
    for block in blocks:
        match block:
            case _Table(rows):
                for row in rows:
                    for _, cell in row:
                        yield from _small(cell)
            case _Paragraph(level=level) if level:
                yield _Paragraph(block.runs)
            case _:
                yield block


def _rows(node: _Node, *, head: bool = False) -> Iterator[list[tuple[str, list[_Block]]]]:
    for child in node.children:
        if isinstance(child, str):
            continue
        if child.tag in {"thead", "tbody", "tfoot"}:
            yield from _rows(child, head=child.tag == "thead")
        elif child.tag == "tr":
            cells = [cell for cell in child.children if isinstance(cell, _Node) and cell.tag in {"td", "th"}]
            yield [(_cell(cell, head=head), list(_small(_nested(_read(cell, _Marks()))))) for cell in cells]


def _cell(node: _Node, *, head: bool) -> str:
    spans = [
        f' {name}="{node.attributes[name]}"'
        for name in ("colspan", "rowspan")
        if _SPAN.match(node.attributes.get(name, ""))
    ]
    return f"{'th' if head else node.tag}{''.join(spans)}"


# -- tidying --------------------------------------------------------------------------------


def _tidy(runs: list[_Run]) -> list[_Run]:
    """One space between words, none at the edges, and neighbours alike as one."""
    found: list[_Run] = []
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
        marks = _Marks(href=run.marks.href) if text == " " else run.marks
        last = found[-1] if found else None
        if last is not None and last is not BREAK and not last.cite and not run.cite and last.marks == marks:
            found[-1] = _Run(last.text + text, marks)
        else:
            found.append(_Run(text, marks, run.cite))
    _strip_end(found)
    while found and found[-1] is BREAK:
        found.pop()
        _strip_end(found)
    return found


def _strip_end(runs: list[_Run]) -> None:
    while runs and runs[-1] is not BREAK and not runs[-1].cite:
        text = runs[-1].text.rstrip(" ")
        if text:
            runs[-1] = replace(runs[-1], text=text)
            return
        runs.pop()


def _plain(blocks: list[_Block]) -> str:
    """The words of a heading: nothing else stands in one."""
    words = [run.text for block in _small(blocks) if isinstance(block, _Paragraph) for run in [*block.runs, _Run(" ")]]
    return _SPACE.sub(" ", "".join(words)).strip()


def _nested(blocks: list[_Block]) -> list[_Block]:
    """Word's list paragraphs as lists within lists."""
    found: list[_Block] = []
    open_: list[_List] = []
    for block in blocks:
        if not isinstance(block, _Paragraph) or not block.depth:
            found.append(block)
            open_ = []
            continue
        del open_[block.depth :]
        if len(open_) == block.depth and block.depth == 1 and open_[0].ordered != block.ordered:
            open_ = []
        while len(open_) < block.depth:
            inner = _List(block.ordered, [])
            if open_ and open_[-1].items:
                open_[-1].items[-1].append(inner)
            elif open_:
                break
            else:
                found.append(inner)
            open_.append(inner)
        open_[-1].items.append([_Paragraph(block.runs)])
    return found


# -- writing --------------------------------------------------------------------------------


def _write(block: _Block, top: int) -> str:
    match block:
        case _Paragraph(runs, level) if level:
            tag = "h3" if level == top else "h4"
            return f"<{tag}>{escape(runs[0].text, quote=False)}</{tag}>"
        case _Paragraph(runs):
            return f"<p>{''.join(map(_inline, runs))}</p>"
        case _List(ordered, items):
            tag = "ol" if ordered else "ul"
            return f"<{tag}>{''.join(f'<li>{_all(item)}</li>' for item in items)}</{tag}>"
        case _Table(rows):
            written = "".join(f"<tr>{''.join(_written_cell(*cell) for cell in row)}</tr>" for row in rows)
            return f"<table><tbody>{written}</tbody></table>"


def _all(blocks: list[_Block]) -> str:
    return "".join(_write(block, 0) for block in blocks)


def _written_cell(opening: str, blocks: list[_Block]) -> str:
    return f"<{opening}>{_all(blocks) or '<p></p>'}</{opening.partition(' ')[0]}>"


def _inline(run: _Run) -> str:
    if run is BREAK:
        return "<br>"
    if run.cite:
        return run.cite
    marks = run.marks
    text = escape(run.text, quote=False)
    if marks.shift:
        text = f"<{marks.shift}>{text}</{marks.shift}>"
    if marks.italic:
        text = f"<em>{text}</em>"
    if marks.bold:
        text = f"<strong>{text}</strong>"
    return f'<a href="{_quoted(marks.href)}">{text}</a>' if marks.href else text
