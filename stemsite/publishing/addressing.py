"""What every page needs before it can stand at an address, whatever its family (PUB-05)."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import Resolver404, resolve

from .content import Content
from .families import family_of
from .gate import Finding
from .models import Page

PROMISED = frozenset(
    {
        *("newsletter", "information-packet", "consultation", "glossary", "people", "topics", "feeds"),
        *("c", "u", "p", "d", "static", "media", "healthz", "accounts", "admin", "search"),
    }
)
"""First parts of addresses that belong to the site itself, whether something stands there yet or not."""


def address_findings(page: Page, found: object) -> Iterator[Finding]:
    if not isinstance(found, Content):
        return
    if not found.title.strip():
        yield Finding(severity="block", message="The title is missing.", field="title")
    if not found.slug:
        yield Finding(severity="block", message="The last part of the address is missing.", field="slug")
    elif found.slug != found.slug.lower():
        yield Finding(
            severity="block",
            message="Use small letters in the address, so that no two addresses differ only in case.",
            field="slug",
        )
    elif page.has_address and not _leads_to_a_page(family_of(page).path(found), found.slug):
        yield Finding(
            severity="block",
            message=f"The address {family_of(page).path(found)} belongs to the site itself. Choose another slug.",
            field="slug",
        )


def _leads_to_a_page(path: str, slug: str) -> bool:
    if path.strip("/") in PROMISED:
        return False
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return match.kwargs.get("slug") == slug
