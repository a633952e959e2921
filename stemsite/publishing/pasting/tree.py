"""What was pasted as a tree: cleaned by the library first, so that every element is closed and none can act."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = {
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
    tags=set(HEADINGS) | BLOCKS | _INLINE | _OTHER,
    attributes=_ATTRIBUTES,
    clean_content_tags=_GONE,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)


@dataclass(slots=True)
class Node:
    tag: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

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
        self.open = [Node("body", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag != "br":
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def tree(html: str) -> Node:
    """The body of ``html``, without what never reaches a page."""
    found = _Tree()
    found.feed(_cleaner.clean(html.replace("\x00", "")))
    found.close()
    return found.open[0]
