"""Public pages that have no Version of their own: home, lists, people, contact, search."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.safestring import SafeString

from stemsite.clinic.frame import Frame

from .structured import plain_graph


@dataclass(frozen=True, slots=True, kw_only=True)
class SimplePage:
    """What ``base.html`` asks of every page."""

    title: str
    head_title: str
    description: str
    path: str
    canonical: str
    breadcrumb: tuple[tuple[str, str], ...]
    jsonld: SafeString
    language: str = "en"
    noindex: bool = False
    follow: bool = False
    """Of a page that is not indexed itself: whether the list it is a view of is named, and its links are followed."""
    preview: bool = False
    og_type: str = "website"
    modified: datetime.datetime | None = None
    feeds: tuple[tuple[str, str], ...] = ()


def simple_page(
    site: Frame,
    *,
    title: str,
    path: str,
    description: str,
    trail: tuple[tuple[str, str], ...] | None = None,
    canonical_query: str = "",
    noindex: bool = False,
    follow: bool = False,
    feeds: tuple[tuple[str, str], ...] = (),
    kind: str = "WebPage",
) -> SimplePage:
    crumbs = trail if trail is not None else (("Home", "/"), (title, ""))
    return SimplePage(
        title=title,
        head_title=site.titled(title) if path != "/" else f"{site.name}: {title}",
        description=description[:160],
        path=path,
        canonical=f"{site.url}{path}{canonical_query}",
        breadcrumb=crumbs,
        jsonld=plain_graph(site, path=path, name=title, trail=crumbs, kind=kind),
        noindex=noindex,
        follow=follow,
        feeds=feeds,
    )
