"""A page as text, HTML or a Word file to lines, headings marked, addresses of links kept beside their words (pure)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

from studies.sources.base import FileRefused
from studies.sources.safe_xml import parse as parse_xml
from studies.sources.text import decode

MAX_BYTES = 20 * 1024 * 1024
MAX_LINES = 20_000
_BLOCKS = {
    "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "tr", "table", "section", "article", "header",
    "footer", "blockquote", "figcaption", "dt", "dd", "br", "ul", "ol", "main", "aside", "nav", "form", "summary",
    "details", "address",
}  # fmt: skip
_SKIPPED = {"script", "style", "noscript", "template", "svg", "head"}
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a page; blank lines are kept, for they separate."""

    text: str
    is_heading: bool = False


def read_page(data: bytes) -> list[Line]:
    """The lines of a page in any of the three forms."""
    if len(data) > MAX_BYTES:
        raise FileRefused("This page is larger than 20 MB.")
    if data.startswith(b"PK\x03\x04"):
        lines = list(_word(data))
    else:
        text = decode(data)
        is_html = re.search(r"<(?:!doctype html|html|body|p|div|h[1-6]|ul|ol)\b", text[:5000], re.IGNORECASE)
        lines = list(_html(text) if is_html else _plain(text))
    if not any(line.text for line in lines):
        raise FileRefused("This page holds no text.")
    return lines[:MAX_LINES]


def _plain(text: str) -> Iterator[Line]:
    """Plain text: a short line between blank lines, without a closing stop, is a heading."""
    lines = [" ".join(line.split()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    for place, line in enumerate(lines):
        before = lines[place - 1] if place else ""
        after = lines[place + 1] if place + 1 < len(lines) else ""
        is_short = 0 < len(line) <= 90 and line[-1] not in ".,;:"
        yield Line(
            text=line, is_heading=is_short and not before and not after and not re.match(r"[•*–-]|\d+[.)]\s", line)
        )


def _html(text: str) -> Iterator[Line]:
    try:
        root = lxml_html.fromstring(
            text.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=False)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise FileRefused("This HTML cannot be read.") from None
    current: list[str] = []

    def flush(*, is_heading: bool = False) -> Iterator[Line]:
        line = " ".join("".join(current).split())
        current.clear()
        if line:
            yield Line(text=line, is_heading=is_heading)
            yield Line(text="")

    numbers: list[int] = []
    heading = ""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else "comment"
        if event == "start":
            if tag in _SKIPPED or tag == "comment":
                continue
            if tag in _BLOCKS:
                yield from flush(is_heading=bool(heading))
                heading = tag if re.fullmatch(r"h[1-6]", tag) else ""
            if tag in ("ol", "ul"):
                numbers.append(0 if tag == "ol" else -1)
            if tag == "li" and numbers and numbers[-1] >= 0:
                numbers[-1] += 1
                current.append(f"{numbers[-1]}. ")
            current.append(element.text or "")
            continue
        if tag == "a" and (address := element.get("href", "")).startswith(("http://", "https://")):
            current.append(f" <{address}> ")
        if tag in ("ol", "ul") and numbers:
            numbers.pop()
        if tag in _BLOCKS:
            yield from flush(is_heading=tag == heading)
            heading = "" if tag == heading else heading
        parent = element.getparent()
        if not (parent is not None and parent.tag in _SKIPPED):
            current.append(element.tail or "")
    yield from flush()


def _word(data: bytes) -> Iterator[Line]:
    """A Word file: paragraphs, headings by their style, list items with a number, addresses of links."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            document = _member(archive, "word/document.xml")
            links = (
                _member(archive, "word/_rels/document.xml.rels")
                if "word/_rels/document.xml.rels" in archive.namelist()
                else b""
            )
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError):
        raise FileRefused("This is no Word file that can be read.") from None
    targets = {one.get("Id"): one.get("Target") or "" for one in parse_xml(links)} if links else {}
    number = 0
    for paragraph in parse_xml(document).iter(f"{_W}p"):
        parts = []
        for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}hyperlink"):
            if node.tag == f"{_W}hyperlink":
                address = targets.get(node.get(f"{_R}id"), "")
                parts.append(f" <{address}> " if address.startswith("http") else "")
            else:
                parts.append(node.text or " ")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        is_heading = bool(
            re.match(
                r"(?:heading|title|berschrift|überschrift)",
                (style.get(f"{_W}val") or "") if style is not None else "",
                re.IGNORECASE,
            )
        )
        is_item = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
        text = " ".join("".join(parts).split())
        number = number + 1 if is_item and text else 0 if text else number
        yield Line(text=f"{number}. {text}" if is_item and text else text, is_heading=is_heading)
        yield Line(text="")


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MAX_BYTES:
        raise FileRefused("This Word file is too large when unpacked.")
    return archive.read(name)
