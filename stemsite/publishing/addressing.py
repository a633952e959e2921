"""What every page needs before it can stand at an address, whatever its family (PUB-05)."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import Resolver404, resolve

from .content import Content
from .families import family_of
from .gate import Finding
from .models import Page, Redirect

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
    elif (redirect := replaced_redirect(page, found)) is not None:
        yield Finding(
            severity="warn",
            message=f"The address {redirect.from_path} leads readers to {redirect.target or 'nowhere'} today. "
            "Publishing this page ends that redirect.",
            field="slug",
            rule="PUB-85",
        )


def replaced_redirect(page: Page, found: Content) -> Redirect | None:
    """The redirect that ends when ``page`` takes its address; its own way back is none (PUB-85)."""
    if not page.has_address or not found.slug:
        return None
    redirects = Redirect.objects.select_related("page").filter(from_path=family_of(page).path(found))
    redirect = redirects.first()
    return None if redirect is None or redirect.page_id == page.pk else redirect


def _leads_to_a_page(path: str, slug: str) -> bool:
    if path.strip("/") in PROMISED:
        return False
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return match.kwargs.get("slug") == slug
