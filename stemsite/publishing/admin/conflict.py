"""What the second saver is told: who saved, when, and how that text and theirs differ (PUB-67)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from ..diffing import Difference, compare
from ..families import content_of
from ..models import Page, Version
from .merging import Plan, merge
from .naming import names_in
from .unsaved import typed_content


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    saved_by: Any
    saved_at: datetime.datetime | None
    saved: Version | None
    """The version that was saved in between."""
    lock_version: int
    is_self: bool
    """The same person in another tab (PUB-70)."""
    difference: Difference | None
    """From the saved text to the one typed here."""
    plan: Plan | None
    """How both edits come together, where that can be told."""


def conflict_of(request: HttpRequest, model_admin: Any, page: Page, form: Any, formsets: Any) -> Told:
    """``page`` as the form has it; who saved is read anew, since the form's instance holds what was typed."""
    stored = Page.objects.select_related("saved_by", "latest_version").get(pk=page.pk)
    saved = stored.latest_version
    difference = None
    if saved is not None:
        theirs, mine = content_of(stored, saved), typed_content(form, formsets)
        difference = compare(theirs, mine, names=names_in(stored, theirs, mine))
    return Told(
        saved_by=stored.saved_by,
        saved_at=stored.saved_at,
        saved=saved,
        lock_version=stored.lock_version,
        is_self=stored.saved_by_id == request.user.pk,
        difference=difference,
        plan=merge(request, model_admin, model_admin.get_object(request, str(page.pk))),
    )
