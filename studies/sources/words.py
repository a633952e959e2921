"""Titles, names and dates as sources write them, brought to one form without inventing anything (pure)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from html import escape, unescape

from .base import Author, PartialDate

KEPT_TAGS = ("i", "em", "b", "sub", "sup")
_TAG = re.compile(r"<(/?)\s*([a-zA-Z][\w:.-]*)((?:\s[^<>]*)?)/?>")
_ELEMENTS = frozenset({
    "a", "abbr", "article-title", "b", "base", "big", "bold", "body", "br", "button", "center", "code", "div", "em",
    "embed", "fn", "font", "form", "frame", "h1", "h2", "h3", "h4", "html", "i", "iframe", "img", "inf", "input",
    "italic", "li", "link", "math", "meta", "mi", "mn", "mo", "mrow", "msub", "msup", "noscript", "object", "ol", "p",
    "pre", "roman", "s", "sc", "script", "sec", "select", "small", "span", "strike", "strong", "style", "sub", "sup",
    "svg", "table", "td", "template", "textarea", "title", "tr", "tt", "u", "ul", "underline", "video", "xref",
})  # fmt: skip
"""Elements of HTML, JATS and MathML; any other word in angle brackets is the author's, and stays."""
_RENAMED = {"italic": "i", "bold": "b", "inf": "sub"}
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_MOJIBAKE = re.compile("[ÂÃÄÅÆÐÑâã][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ]")


def plain(text: str | None) -> str:
    """One line without control characters: blanks and newlines collapsed."""
    return " ".join(_CONTROL.sub("", text or "").split())


def decoded(text: str) -> str:
    """Entities decoded, doubly encoded ones too; what becomes a tag is left for the tag rules."""
    for _ in range(3):
        once = unescape(text)
        if once == text:
            break
        text = once
    return text


def without_tags(markup: str) -> str:
    """Plain text of a title with markup; JATS and MathML keep their text."""
    return plain(_TAG.sub(lambda match: "" if _is_element(match) else match[0], decoded(markup)))


def _is_element(match: re.Match[str]) -> bool:
    name = match[2].lower()
    return ":" in name or name in _ELEMENTS


def title_markup(markup: str) -> str:
    """A title as escaped HTML with ``i em b sub sup`` only, every one of them closed (EVD-06)."""
    out: list[str] = []
    open_tags: list[str] = []
    position = 0
    source = " ".join(_CONTROL.sub("", decoded(markup)).split())
    for match in filter(_is_element, _TAG.finditer(source)):
        out.append(escape(source[position : match.start()], quote=False))
        position = match.end()
        name = match[2].lower().rpartition(":")[2]
        name = _RENAMED.get(name, name)
        if name not in KEPT_TAGS or match[0].endswith("/>"):
            continue
        if not match[1]:
            out.append(f"<{name}>")
            open_tags.append(name)
        elif name in open_tags:
            while open_tags:
                closing = open_tags.pop()
                out.append(f"</{closing}>")
                if closing == name:
                    break
    out.append(escape(source[position:], quote=False))
    out += [f"</{name}>" for name in reversed(open_tags)]
    return "".join(out).strip()


def without_stop(title: str) -> str:
    """The title without its final period; ``?``, ``!`` and an ellipsis stay."""
    bare = title.rstrip()
    return bare[:-1].rstrip() if bare.endswith(".") and not bare.endswith("..") else bare


def translated(title: str) -> tuple[str, bool]:
    """The title, and whether its square brackets say that it is a translation; "[Not Available]" is none."""
    bare = without_stop(title)
    if re.fullmatch(r"\[?\s*(?:not available|no title(?: available)?)\.?\s*\]?", bare, re.IGNORECASE):
        return "", False
    inner = re.fullmatch(r"\[(.+)\]", bare)
    if inner and "[" not in inner[1]:
        return f"[{without_stop(inner[1])}]", True
    return bare, False


def bare_translation(title: str) -> str:
    """A translated title without its brackets."""
    return title[1:-1] if title.startswith("[") and title.endswith("]") else title


def mojibake_notes(authors: Iterable[Author]) -> list[str]:
    """Names that look mis-encoded, each with a proposed repair; they are never changed silently (EVD-07)."""
    notes = []
    for author in authors:
        name = " ".join(filter(None, (author.given, author.family, author.literal)))
        if _MOJIBAKE.search(name) and (repair := _repaired(name)) and repair != name:
            notes.append(f"The name “{name}” looks mis-encoded; perhaps “{repair}”.")
        elif "\ufffd" in name:
            notes.append(f"The name “{name}” holds a character that was lost.")
    return notes


def _repaired(name: str) -> str:
    for encoding in ("cp1252", "latin-1"):
        try:
            return name.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return ""


_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")


def month_number(text: str | int | None) -> int | None:
    """``Dec``, ``December``, ``12`` or ``012`` as a number."""
    word = str(text or "").strip().lower().rstrip(".")
    if re.fullmatch(r"\d{1,3}", word):
        return int(word) if 1 <= int(word) <= 12 else None
    return _MONTHS.get(word[:3]) if word.isalpha() else None


def date_from(year: object, month: object = None, day: object = None, *, raw: str = "") -> PartialDate:
    """A date from parts that may be numbers, texts or missing; an impossible day is left out."""
    number = _whole(year)
    if number is None or not 1400 <= number <= 2200:
        return PartialDate(raw=raw)
    in_year = month_number(month if isinstance(month, str | int) else None)
    in_month = _whole(day) if in_year else None
    if in_month is not None and in_year and not 1 <= in_month <= monthrange(number, in_year)[1]:
        in_month = None
    shown = raw or "-".join(f"{part:02}" for part in (number, in_year, in_month) if part)
    return PartialDate(raw=shown, year=number, month=in_year, day=in_month, years=(number,))


def date_in(text: str | None) -> PartialDate:
    """A date in words: ``1998 Dec-1999 Jan``, ``1998 Spring``, ``2019/10//undefined``, ``2014-03-05`` (EVD-05)."""
    raw = plain(text)
    years = tuple(dict.fromkeys(int(year) for year in _YEAR.findall(raw)))
    if not years:
        return PartialDate(raw=raw)
    if len(years) > 1:
        return PartialDate(raw=raw, year=years[0], years=years)
    iso = re.fullmatch(r"(\d{4})(?:[/-](\d{1,2}))?(?:[/-](\d{1,2}))?[/-]*(?:T.*|undefined|[A-Za-z ]*)?", raw)
    words = re.match(r"(\d{4})\s+([A-Za-z]{3,9})\.?(?:\s+(\d{1,2}))?$", raw) or re.fullmatch(
        r"(\d{4})(\d\d)(\d\d)", raw
    )
    named = re.fullmatch(r"([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})", raw)
    if named:
        return date_from(named[3], named[1], named[2], raw=raw)
    match = words or iso
    return date_from(match[1], match[2], match[3], raw=raw) if match else date_from(years[0], raw=raw)


def _whole(value: object) -> int | None:
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"\d{1,4}", text, re.ASCII) else None


def all_years(*dates: PartialDate) -> tuple[int, ...]:
    """Every year the work may rightly be cited by, in order."""
    return tuple(sorted({year for date in dates for year in date.years}))


_GROUP_WORDS = re.compile(
    r"\b(?:group|team|consortium|committee|collaborat\w*|network|society|association|task force|investigators|editors?"
    r"|centre|center|university|institute|department|office|staff|agency|organi[sz]ation|council|commission|foundation"
    r"|workshop|initiative|project|trialists|study|federation|ministry)\b",
    re.IGNORECASE,
)


def looks_like_group(name: str) -> bool:
    """A name that is no person's: registries also hide groups in the family name (EVD-07)."""
    return bool(_GROUP_WORDS.search(name)) and len(name.split()) > 1


_SUFFIX = re.compile(r"^(?:jr|sr|[2-4](?:nd|rd|th)|ii|iii|iv)\.?$", re.IGNORECASE)


def person(text: str) -> Author | None:
    """A name as reference managers write it: ``Family, Given``, ``Family, Given, Jr`` or ``Given Family``."""
    given_name = plain(text)
    name = given_name.strip(" ,;")
    if not name:
        return None
    if given_name.endswith(",") and "," not in name:
        return Author(family=name)
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 1:
        return _undivided(name)
    if looks_like_group(name) and not (len(parts) == 2 and len(parts[1].split()) <= 2):
        return Author(literal=name)
    if len(parts) == 2 and _SUFFIX.match(parts[1]):
        return Author(family=parts[0], suffix=parts[1])
    suffix = next((part for part in parts[1:] if _SUFFIX.match(part)), "")
    given = " ".join(part for part in parts[1:] if part and part != suffix)
    return Author(family=parts[0], given=given, suffix=suffix) if parts[0] else Author(family=given)


def _undivided(name: str) -> Author:
    words = name.split()
    if looks_like_group(name):
        return Author(literal=name)
    if len(words) == 1:
        return Author(family=name)
    if re.fullmatch(r"[A-Z]{1,4}|(?:[A-Z]\.-?){1,4}", words[-1]) and not re.fullmatch(
        r"(?:[A-Z]\.)+|[A-Z]{1,2}", words[0]
    ):
        return Author(family=" ".join(words[:-1]), given=words[-1])
    start = next((i for i, word in enumerate(words[1:], 1) if word.islower()), len(words) - 1)
    return Author(family=" ".join(words[start:]), given=" ".join(words[:start]))


PAGE_RANGE = re.compile(r"\s*(?:--?|[‐‑‒–—−])\s*")


def pages(text: str | None) -> str:
    """A page range with a plain hyphen, as recorded otherwise."""
    return PAGE_RANGE.sub("-", plain(text)).strip("-")
