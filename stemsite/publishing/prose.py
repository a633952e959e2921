"""Rich text: what the toolbar can make is what is stored, whatever path wrote it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import nh3
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django_prose_editor.fields import ProseEditorField

MAX_CHARACTERS = 200_000

PROTOCOLS = frozenset({"https", "http", "mailto", "tel"})

EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "HardBreak": True,
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Heading": {"levels": [3, 4]},
    "Link": {"enableTarget": False, "protocols": sorted(PROTOCOLS)},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "Citation": {"searchUrl": reverse_lazy("admin:citations")},
    "NoSpellCheck": False,
    # Groups of plain buttons: the drop-down that the editor makes by default has no key and no name.
    "Menu": {
        "groups": [
            {"group": "headings"},
            {"group": "marks"},
            {"group": "lists"},
            {"group": "link"},
            {"group": "table"},
            {"group": "history"},
        ]
    },
}

_TAGS = {
    *("p", "br", "strong", "em", "sub", "sup", "ul", "ol", "li", "h3", "h4", "a"),
    *("table", "thead", "tbody", "tr", "th", "td", "cite"),
}
_ATTRIBUTES = {
    "a": {"href"},
    "cite": {"data-ref", "data-loc"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
_DROPPED_WHOLE = {"script", "style", "template", "iframe", "object", "embed", "svg", "math", "noscript", "textarea"}

_REFERENCE = re.compile(r"[1-9][0-9]{0,15}\Z")
_NUMBER = re.compile(r"[1-9][0-9]?\Z")
_SCHEME = re.compile(r"\A([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_BARE_LINK = re.compile(r"<a>(.*?)</a>", re.DOTALL)
_EMPTY_LINK = re.compile(r"<a(?: [^>]*)?>(\s*)</a>")
_LINK = re.compile(r"(<a [^>]*>)(.*?)</a>", re.DOTALL)
_BLOCK_END = re.compile(r"</(?:p|li|h3|h4|td|th)>|<br>")
_ANY_TAG = re.compile(r"<[^>]+>")
_EMPTY_CITE = re.compile(r"<cite [^>]*></cite>")
_CITE = re.compile(r'<(/?)cite((?: [a-z-]+="[^"]*")*)>')
_CITE_ATTRIBUTE = re.compile(r' (data-ref|data-loc)="([^"]*)"')
_EMPTY = re.compile(r"\A(?:\s|<p>(?:\s|&nbsp;|<br>)*</p>)*\Z")


def _safe_href(value: str) -> str | None:
    """``value`` where it leads somewhere harmless; none for other schemes, hosts in disguise and odd letters."""
    href = value.strip()
    if "\\" in href:
        return None
    scheme = _SCHEME.match(href)
    if scheme:
        return href if scheme[1].lower() in PROTOCOLS else None
    if href.startswith("//") or (":" in href and not href.split(":", 1)[0].isascii()):
        return None
    return href if href.startswith(("/", "#")) else None


def _filter(tag: str, name: str, value: str) -> str | None:
    match tag, name:
        case "a", "href":
            return _safe_href(value)
        case "cite", "data-ref":
            return value if _REFERENCE.match(value) else None
        case "cite", "data-loc":
            return " ".join(value.split())[:40] or None
        case (("td" | "th"), _):
            return value if _NUMBER.match(value) else None
    return None


_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_filter,
    clean_content_tags=_DROPPED_WHOLE,
    url_schemes=set(PROTOCOLS),
    link_rel=None,
    strip_comments=True,
)


def clean_prose(html: str) -> str:
    """``html`` reduced to what the toolbar can make; cleaning twice changes nothing."""
    cleaned = _cleaner.clean(html.replace("\x00", "")[:MAX_CHARACTERS])
    cleaned = _LINK.sub(_cites_behind, _citations(_BARE_LINK.sub(r"\1", cleaned)))
    cleaned = _EMPTY_LINK.sub(r"\1", cleaned).lstrip("\ufeff")
    return "" if _EMPTY.match(cleaned) else cleaned


def _cites_behind(link: re.Match[str]) -> str:
    """A link without the citations inside it, which are links themselves: they follow it."""
    cited = "".join(_EMPTY_CITE.findall(link[2]))
    return f"{link[1]}{_EMPTY_CITE.sub('', link[2])}</a>{cited}"


def text_of(html: str) -> str:
    """The words of ``html`` on one line, for search and short descriptions: no tags, no entities."""
    return " ".join(unescape(_ANY_TAG.sub("", _BLOCK_END.sub(" ", html))).split())


def _citations(html: str) -> str:
    """Citation marks as empty ``<cite>``, their attributes in one order; any other ``<cite>`` leaves its text."""
    kept: list[str] = []
    inside = 0
    end = 0
    for tag in _CITE.finditer(html):
        if not inside:
            kept.append(html[end : tag.start()])
        end = tag.end()
        closes, attributes = tag[1], dict(_CITE_ATTRIBUTE.findall(tag[2]))
        if inside:
            inside += -1 if closes else 1
        elif "data-ref" in attributes:
            locator = f' data-loc="{attributes["data-loc"]}"' if "data-loc" in attributes else ""
            kept.append(f'<cite data-ref="{attributes["data-ref"]}"{locator}></cite>')
            inside = 1
    return "".join((*kept, html[end:]))


class ProseField(ProseEditorField):  # type: ignore[misc]
    """A prose editor field that is clean on every write path: forms, ``save``, bulk calls, ``update``, fixtures."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("extensions", dict(EXTENSIONS))
        kwargs.setdefault("sanitize", clean_prose)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def clean(self, value: Any, model_instance: Any) -> str:
        if isinstance(value, str) and len(value) > MAX_CHARACTERS:
            raise ValidationError(
                f"This text is longer than {MAX_CHARACTERS:,} characters. Divide it into several sections.", code="long"
            )
        cleaned: str = super().clean(value, model_instance)
        return cleaned

    def pre_save(self, model_instance: Any, add: bool) -> str:
        value = clean_prose(getattr(model_instance, self.attname) or "")
        setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(clean_prose(value) if isinstance(value, str) else value, connection)
