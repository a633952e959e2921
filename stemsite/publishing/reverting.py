"""Bringing an older text back into the draft. What it replaces is frozen first, and the public sees nothing of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from stemsite.access import Action, can
from stemsite.audit.recording import record as audit

from . import workflow
from .families import content_of, family_of
from .gate import Refused
from .models import Page, Version
from .recording import locked


@transaction.atomic
def revert(page: Page, version: Version, *, by: Any, note: str = "") -> Version:
    """Make the draft say what ``version`` says (PUB-22); forms that are open meanwhile will conflict."""
    page = locked(page)
    if not can(by, Action.EDIT, page):
        raise Refused("Your role does not allow you to change this page.")
    if version.page_id != page.pk:
        raise Refused("That version belongs to another page.")
    workflow.saved(page, by=by, note="Kept before going back.")
    page = locked(page)
    family_of(page).restore(page, content_of(page, version))
    Page.objects.filter(pk=page.pk).update(lock_version=F("lock_version") + 1)
    audit("page reverted", by=by, obj=page, version=version.number)
    return workflow.saved(page, by=by, action=Version.Action.REVERT, note=note or f"Back to version {version.number}.")


def discard_draft(page: Page, *, by: Any) -> Version:
    """Back to exactly what is live; the discarded text stays in the history (PUB-08)."""
    if page.live_version is None:
        raise Refused("This page was never published, so there is nothing to go back to.")
    return revert(page, page.live_version, by=by, note="Draft discarded: back to what is live.")
