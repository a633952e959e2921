"""A page as it would stand if this content were published now; nothing is written."""

from __future__ import annotations

import copy

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .content import Content, content_hash, dump
from .families import content_of, family_of
from .going_live import public_facts
from .models import Page, Transition, Version
from .reading import Pending


def preview_version(
    request: HttpRequest, page: Page, version: Version, *, change: str = "", note: str = ""
) -> HttpResponse:
    """A stored version, signatures and all, as readers would get it."""
    return _preview(request, page, version, content_of(page, version), change, note)


def preview_content(request: HttpRequest, page: Page, content: Content) -> HttpResponse:
    """Content that may be stored nowhere. Text that was saved before keeps the signatures under it."""
    values = dump(content)
    digest = content_hash(values)
    known = Version.objects.filter(page_id=page.pk, content_hash=digest).prefetch_related("sign_offs")
    version = known.order_by("-number").first() or Version(content=values, content_hash=digest)
    return _preview(request, page, version, content, "", "")


def _preview(
    request: HttpRequest, page: Page, version: Version, content: Content, change: str, note: str
) -> HttpResponse:
    first = page.first_published_at is None
    default = Transition.Change.MAJOR if first else Transition.Change.MINOR
    pending = Pending(at=timezone.now(), change=change or default, note=note)
    family = family_of(page)
    published = copy.copy(page)
    facts = public_facts(page, version, path=family.path(content), change=pending.change, at=pending.at)
    for name, value in {**facts, "public_state": Page.PublicState.LIVE}.items():
        setattr(published, name, value)
    return family.show(request, published, version, content, pending)
