"""A new page that begins with the text of another: its words and sources, and nothing that was decided about it."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from . import workflow
from .families import family_of
from .models import Page


@transaction.atomic
def duplicate(page: Page, *, by: Any) -> Page:
    """The draft of ``page`` as a draft of ``by``, with today's notices (PUB-16).

    Sections are new ones, so that their anchors are made from their own first publication.
    """
    family = family_of(page)
    found: Any = family.freeze(page)
    copy = family.model(created_by=by, keeper=by, saved_by=by, saved_at=timezone.now(), title=found.title, slug="copy")
    copy.save()
    changes: dict[str, Any] = {"title": f"Copy of {found.title}"[:200], "slug": f"{found.slug}-copy"[-120:]}
    if hasattr(found, "sections"):
        sections = (msgspec.structs.replace(section, key=str(uuid.uuid4()), anchor="") for section in found.sections)
        changes["sections"] = tuple(sections)
    family.restore(copy, msgspec.structs.replace(found, **changes))
    Page.objects.filter(pk=copy.pk).update(kept_wordings={})
    workflow.saved(copy, by=by, note=f"Copied from “{page.title}”."[:300])
    copy.refresh_from_db()
    return copy
