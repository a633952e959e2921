"""An introduction as a letter carries it: a few plain elements, whole addresses, and the same as text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3

WIDTH = 60
"""Characters a line of the plain text (look: mails are plain letters)."""

_cleaner = nh3.Cleaner(
    tags={"p", "br", "strong", "em", "ul", "ol", "li", "a"},
    attributes={"a": {"href"}},
    url_schemes={"https", "http", "mailto", "tel"},
    clean_content_tags={"script", "style", "table"},
    link_rel=None,
)
_HREF = re.compile(r'(<a [^>]*href=")([^"]*)(")')


def letter_html(html: str, *, site: str, places: Mapping[str, str]) -> str:
    """``html`` for a letter: addresses of this site whole, and those of known pages by their neutral ``places``.

    A letter's address can be read on its way, so that of a guide would name a condition (LEAD-65).
    """

    def whole(match: re.Match[str]) -> str:
        return f"{match[1]}{_whole(match[2], site=site, places=places)}{match[3]}"

    return _HREF.sub(whole, _cleaner.clean(html))


def _whole(href: str, *, site: str, places: Mapping[str, str]) -> str:
    path = href.removeprefix(site) if href.startswith(f"{site}/") else href
    if not path.startswith("/"):
        return href
    found = places.get(urlsplit(unescape(path)).path)
    return found or f"{site}{path}"


def letter_text(html: str) -> str:
    """The words of ``html`` in lines of a letter's width; every address stands after its words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n\n".join(filter(None, (_filled(block) for block in reader.done())))


def filled(text: str) -> str:
    """``text`` in lines of a letter's width."""
    return _filled(text)


def _filled(block: str) -> str:
    hanging = "  " if block.startswith("- ") else ""
    return "\n".join(
        textwrap.fill(
            " ".join(line.split()),
            WIDTH,
            subsequent_indent=hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in block.splitlines()
        if line.strip()
    )


class _Reader(HTMLParser):
    """Paragraphs and list items as blocks of text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[str] = []
        self._words = ""
        self._href = ""
        self._said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"p", "ul", "ol", "li"}:
            self._end(tag)
        if tag == "li":
            self._words = "- "
        elif tag == "br":
            self._words += "\n"
        elif tag == "a":
            self._href, self._said = dict(attrs).get("href") or "", ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href:
            shown = self._href.removeprefix("mailto:").removeprefix("tel:")
            if self._said.strip() != shown:
                self._words += f" ({shown})"
            self._href = ""
        elif tag in {"p", "li", "ul", "ol"}:
            self._end(tag)

    def handle_data(self, data: str) -> None:
        self._words += data.replace("\n", " ")
        self._said += data

    def done(self) -> list[str]:
        self._end("")
        return self._blocks

    def _end(self, tag: str) -> None:
        if tag == "p" and self._words == "- ":
            return  # A paragraph inside a list item is the item.
        if self._words.strip() not in {"", "-"}:
            self._blocks.append(self._words.strip())
        self._words = ""
