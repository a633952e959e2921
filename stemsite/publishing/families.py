"""What a domain app tells publishing about its pages: how to freeze, read, place and restore them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from .content import Content
from .models import Page, Version
from .reading import Past, Pending
from .saying import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One kind of page. Every function is pure but for reading the page's own rows."""

    model: type[Page]
    freeze: Callable[..., Content]
    """The draft rows of a page as content, or those of the ``Draft`` given besides."""
    schema: int
    """Today's schema number of stored content."""
    parse: Callable[[Mapping[str, Any]], Content]
    """Stored JSON of any schema number as today's content."""
    path: Callable[[Any], str]
    """The public address of content."""
    uses: Callable[[Any], Iterable[tuple[str, int]]]
    """Pairs of ``Use.Kind`` and id that content names."""
    affects: Callable[[Any], Iterable[str]]
    """Keys of stored pages that show content besides its own page, such as ``list:articles``."""
    needs_reviewer: Callable[[Any], tuple[str, ...]]
    """Why a clinician must sign; empty when none is needed (PUB-142)."""
    says: Callable[[Any], Said]
    """Every text of content, for the content checks (CL-20)."""
    restore: Callable[[Any, Any], None]
    """Write content back into the draft rows (PUB-22)."""
    settle: Callable[[Any, Any], None]
    """Fix on the draft rows what publishing made permanent, such as anchors (PUB-90)."""
    show: Callable[[HttpRequest, Page, Version, Any, Pending | Past], HttpResponse]
    """Content in the public rendering: as a marked preview of what publishing it would give (PUB-32), or as readers
    got it at a moment that has gone (PUB-29)."""
    names: Callable[[Any], Iterable[str]] = lambda found: ()
    """Numbers and names by which staff look for content besides its words, such as that of a registration."""
    follow: Callable[[Page], None] = lambda page: None
    """Bring what the app derives from live pages up to date, whenever what the public gets has changed."""


_families: dict[str, Family] = {}


def register(family: Family) -> None:
    _families[family.model.FAMILY] = family


def family_of(page: Page) -> Family:
    return _families[page.family or page.FAMILY]


def families() -> tuple[Family, ...]:
    return tuple(_families.values())


def specific(page: Page) -> Page:
    """``page`` as an instance of its own model, freshly read."""
    model = family_of(page).model
    return model._default_manager.get(pk=page.pk)


def content_of(page: Page, version: Version) -> Content:
    return family_of(page).parse(version.content)


def parsed(family: str, stored: Mapping[str, Any]) -> Content:
    """As ``content_of``, where rows of many pages are read without their models."""
    content: Content = _families[family].parse(stored)
    return content
