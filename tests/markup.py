"""Served HTML as a tree, read as browsers read it, and the questions tests ask of it."""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element

import html5lib


def tree(response: Any) -> Element:
    """The document of ``response``; a parse error of HTML is a failure."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=True)
    return parser.parse(response.content.decode())


def words(element: Element | None) -> str:
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def with_class(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if name in (element.get("class") or "").split()]


def one(root: Element, name: str) -> Element:
    (found,) = with_class(root, name)
    return found


def ids(root: Element) -> list[str]:
    return [element.get("id", "") for element in root.iter() if element.get("id")]


def headings(root: Element) -> list[tuple[int, str]]:
    names = {f"h{level}": level for level in range(1, 7)}
    return [(names[element.tag], words(element)) for element in root.iter() if element.tag in names]


def links(root: Element) -> list[tuple[str, str]]:
    return [(words(element), element.get("href", "")) for element in root.iter("a")]


def graph(root: Element) -> list[dict[str, Any]]:
    """The nodes of the page's structured data."""
    (script,) = [element for element in root.iter("script") if element.get("type") == "application/ld+json"]
    return json.loads(script.text or "")["@graph"]
