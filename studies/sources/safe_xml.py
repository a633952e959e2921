"""XML from strangers, read with everything dangerous switched off (EVD-92)."""

from __future__ import annotations

import re

from lxml import etree

from .base import FileRefused
from .text import decode

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DANGEROUS = re.compile(r"<!ENTITY|http://www\.w3\.org/200[13]/XInclude", re.IGNORECASE)


def parse(data: bytes) -> etree._Element:
    """The root element; an entity declaration, an XInclude or broken XML refuses the file."""
    text = _DECLARATION.sub("", decode(data).lstrip("\ufeff"), count=1)
    if _DANGEROUS.search(text):
        raise FileRefused("This XML declares entities or includes other files. Such files are not read.")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, dtd_validation=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f" near line {line}" if line else ""
        raise FileRefused(f"This XML is damaged{where} and cannot be read.") from None


def inner(element: etree._Element | None) -> str:
    """All text inside, markup as markup: what a title needs."""
    if element is None:
        return ""
    parts = [_escaped(element.text)]
    for child in element:
        if isinstance(child.tag, str):
            name = etree.QName(child).localname
            parts.append(f"<{name}>{inner(child)}</{name}>")
        parts.append(_escaped(child.tail))
    return "".join(parts)


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_of(element: etree._Element | None) -> str:
    """All text inside, without markup, on one line."""
    return " ".join(all_text(element).split())


def all_text(element: etree._Element | None) -> str:
    """All text inside, without markup, blanks as they are."""
    return "" if element is None else "".join(str(text) for text in element.itertext("*"))


def line_of(element: etree._Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 0


def child(element: etree._Element | None, path: str) -> etree._Element | None:
    """The element at ``path`` through direct children only: deeper ones belong to other papers."""
    return None if element is None else element.find(path)


def child_text(element: etree._Element | None, path: str) -> str:
    return text_of(child(element, path))
