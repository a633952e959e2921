"""An opened Word file as pieces of a page: texts under their headings, figures, notes, and what is left over.

Mammoth reads the styles, our own paste cleaning decides what a section can hold.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import mammoth
from lxml import etree
from lxml import html as lxml_html

from stemsite.publishing.pasting import normalise
from studies.identifiers import Identifier, find
from studies.sources.base import FileRefused
from studies.sources.safe_xml import all_text, parse, text_of

from .opening import Opened, W

MOST_PICTURES = 100
MOST_REPORTED = 200
MOST_PIECES = 300
_PREFIX = "word-"
_STYLES = """
p[style-name='Title'] => h1.word-title:fresh
p[style-name='Subtitle'] => p.word-subtitle:fresh
p[style-name='caption'] => p.word-caption:fresh
p[style-name='Caption'] => p.word-caption:fresh
"""
_HEADING = re.compile(r"h([1-6])$")
_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPicture:
    data: bytes
    extension: str
    """Empty for a kind of drawing that no browser shows."""
    words: str = ""
    """The alternative text that Word has, often made by a machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordNote:
    """A footnote or endnote, by its number in the file."""

    number: int
    text: str
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPiece:
    """A text with its heading, or one figure; ``html`` cites note 3 as ``<cite data-ref="3"></cite>``."""

    heading: str = ""
    html: str = ""
    picture: int | None = None
    caption: str = ""

    @property
    def beginning(self) -> str:
        words = re.sub(r"<[^>]+>", " ", self.html).split()
        return " ".join(words[:30]) + (" …" if len(words) > 30 else "")


@dataclass(slots=True, kw_only=True)
class WordPage:
    title: str = ""
    summary: str = ""
    pieces: list[WordPiece] = field(default_factory=list)
    notes: dict[int, WordNote] = field(default_factory=dict)
    pictures: list[WordPicture] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_word(opened: Opened) -> WordPage:
    page = WordPage()
    try:
        result = mammoth.convert_to_html(
            io.BytesIO(opened.data),
            style_map=_STYLES,
            include_embedded_style_map=False,
            id_prefix=_PREFIX,
            convert_image=mammoth.images.img_element(lambda image: _picture(page, image)),
        )
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, OSError, RecursionError) as error:
        raise FileRefused("Word's own parts of this file do not fit together. Save it anew as .docx.") from error
    body = lxml_html.fragment_fromstring(result.value or "<p></p>", create_parent="div")
    _take_notes(page, body)
    _take_pieces(page, body)
    _report(page, opened)
    if not page.pieces:
        raise FileRefused("This file holds no text that could be brought in.")
    if len(page.pieces) > MOST_PIECES:
        raise FileRefused(f"This file has more than {MOST_PIECES} sections. Bring it in in parts.")
    return page


def _picture(page: WordPage, image: Any) -> dict[str, str]:
    if len(page.pictures) >= MOST_PICTURES:
        return {"src": ""}
    try:
        with image.open() as stream:
            data = stream.read()
    except (KeyError, OSError, ValueError):
        data = b""  # A picture that is linked and not in the file.
    extension = _EXTENSIONS.get((image.content_type or "").lower(), "") if data else ""
    page.pictures.append(WordPicture(data=data, extension=extension, words=(image.alt_text or "")[:300]))
    return {"src": str(len(page.pictures) - 1)}


def _take_notes(page: WordPage, body: Any) -> None:
    """Notes stand at the end as a list; in the text each becomes a mark with its number."""
    numbers: dict[str, int] = {}
    for item in body.xpath(f".//li[starts-with(@id, '{_PREFIX}footnote-') or starts-with(@id, '{_PREFIX}endnote-')]"):
        number = len(numbers) + 1
        numbers[item.get("id")] = number
        links = " ".join(link for link in item.xpath(".//a/@href") if link.startswith(("http://", "https://")))
        text = " ".join("".join(item.itertext()).replace("↑", " ").split())
        found = tuple({(one.kind, one.value): one for one in find(f"{text} {links}")}.values())
        page.notes[number] = WordNote(number=number, text=text, identifiers=found)
    for holder in {item.getparent() for key in numbers for item in body.xpath(".//li[@id=$key]", key=key)}:
        holder.drop_tree()
    for link in body.xpath(f".//a[starts-with(@href, '#{_PREFIX}')]"):
        number = numbers.get(link.get("href")[1:], 0)
        if not number:
            continue
        mark = lxml_html.Element("cite")
        mark.set("data-ref", str(number))
        place = link.getparent() if link.getparent().tag == "sup" and len(link.getparent()) == 1 else link
        mark.tail = place.tail
        place.getparent().replace(place, mark)


def _take_pieces(page: WordPage, body: Any) -> None:
    blocks = list(body)
    headings = [block for block in blocks if _HEADING.match(str(block.tag)) and _words(block)]
    title = next((block for block in headings if "word-title" in block.get("class", "")), None)
    firsts = [block for block in headings if block.tag == "h1"]
    if title is None and len(firsts) == 1 and headings[0] is firsts[0]:
        title = firsts[0]
    if title is not None:
        page.title = _words(title)[:200]
    levels = [_level(block) for block in headings if block is not title]
    section = min(levels, default=1)
    heading = ""
    texts: list[str] = []

    def end() -> None:
        nonlocal heading, texts
        html = normalise("".join(texts))
        if html or heading:
            page.pieces.append(WordPiece(heading=heading[:160], html=html))
        heading, texts = "", []

    for block in blocks:
        if block is title:
            continue
        if "word-subtitle" in block.get("class", "") and not page.summary:
            page.summary = _words(block)[:160]
        elif _HEADING.match(str(block.tag)) and _words(block) and _level(block) == section:
            end()
            heading = _words(block)
        elif (
            "word-caption" in block.get("class", "")
            and page.pieces
            and page.pieces[-1].picture is not None
            and not texts
        ):
            page.pieces[-1] = replace(page.pieces[-1], caption=_words(block)[:300])
        else:
            figures = [image.get("src", "") for image in block.iter("img")]
            texts.append(lxml_html.tostring(block, encoding="unicode", with_tail=False))
            if figures:
                alone = heading if not normalise("".join(texts)) else ""
                heading = "" if alone else heading
                end()
                found = [WordPiece(picture=int(number)) for number in figures if number]
                page.pieces += [replace(one, heading=alone[:160] if one is found[0] else "") for one in found]
    end()


def _level(block: Any) -> int:
    return int(str(block.tag)[1])


def _words(block: Any) -> str:
    return " ".join("".join(block.itertext()).split())


def _report(page: WordPage, opened: Opened) -> None:
    with zipfile.ZipFile(io.BytesIO(opened.data)) as archive:
        names = set(archive.namelist())
        root = parse(archive.read("word/document.xml"))
        comments = parse(archive.read("word/comments.xml")) if "word/comments.xml" in names else None
    page.changes = list(_changes(root))[:MOST_REPORTED]
    if comments is not None:
        page.comments = list(_comments(root, comments))[:MOST_REPORTED]
    if opened.embedded:
        page.left_out.append(f"{opened.embedded} other files inside the Word file, such as tables of numbers.")
    if any(re.match(r"word/(?:header|footer)\d*\.xml", name) for name in names):
        page.left_out.append("Headers and footers: a page of the site has its own.")
    for number, picture in enumerate(page.pictures, start=1):
        if not picture.extension:
            page.left_out.append(
                f"Picture {number}: a kind no browser shows, or not in the file. Save it as PNG or JPEG."
            )


def _changes(root: etree._Element) -> Iterator[str]:
    """Tracked changes as the draft takes them: what was put in is in, what was struck out is out."""
    verbs = {"ins": "put in", "del": "struck out", "moveTo": "moved here", "moveFrom": "moved away"}
    for element in root.iter(*(f"{W}{name}" for name in verbs)):
        verb = verbs[str(etree.QName(element).localname)]
        words = " ".join(all_text(element).split())
        if words:
            yield f"{element.get(f'{W}author') or 'Somebody'} has {verb}: “{_short(words)}”"


def _comments(root: etree._Element, comments: etree._Element) -> Iterator[str]:
    quoted = _quoted(root)
    for comment in comments.iter(f"{W}comment"):
        about = quoted.get(comment.get(f"{W}id") or "", "")
        where = f" on “{_short(about)}”" if about else ""
        yield f"{comment.get(f'{W}author') or 'Somebody'}{where}: {_short(text_of(comment), 500)}"


def _quoted(root: etree._Element) -> dict[str, str]:
    """The words each comment is about, by the comment's number."""
    open_now: dict[str, list[str]] = {}
    done: dict[str, str] = {}
    for element in root.iter(f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}t"):
        number = element.get(f"{W}id") or ""
        match str(etree.QName(element).localname):
            case "commentRangeStart":
                open_now[number] = []
            case "commentRangeEnd":
                done[number] = " ".join("".join(open_now.pop(number, [])).split())
            case _:
                for words in open_now.values():
                    words.append(element.text or "")
    return done


def _short(text: str, most: int = 160) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()} …"
