"""The frame of every step: lock, check table and right, change the state, write it down."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from stemsite.access import can
from stemsite.audit.recording import record as audit

from .families import specific
from .gate import Refused, Stale
from .models import Page, Transition, Version
from .steps import STEPS, Verb, is_open


def locked(page: Page) -> Page:
    """``page`` read anew under a row lock (on SQLite the transaction itself is the lock)."""
    Page.objects.select_for_update(no_key=True).get(pk=page.pk)
    return specific(page)


def require_open(page: Page, verb: Verb, by: Any, *, exempt: bool = False) -> None:
    """Refuse what the table lacks or the person may not do."""
    require_right(page, verb, by)
    if not is_open(page, verb, exempt=exempt):
        raise Stale(
            f"This page is now {page.state_in_words}; the step was already taken or is not open. Nothing changed."
        )


def require_right(page: Page, verb: Verb, by: Any) -> None:
    if not can(by, STEPS[verb].right, page):
        raise Refused(f"Your role does not allow this step ({Verb(verb).label}). Ask the owner if it should.")
    if page.is_trashed and not STEPS[verb].in_trash:
        raise Stale("This page is in the trash. Take it out first; nothing changed.")


def take(
    page: Page,
    verb: Verb,
    *,
    by: Any,
    version: Version | None,
    note: str = "",
    reason: str = "",
    change: str = "",
    path: str = "",
    **fields: Any,
) -> Transition:
    """Change the states as the table says, with further ``fields``, and record it; the caller holds the lock."""
    step = STEPS[verb]
    before = page.draft_state, page.public_state
    states: dict[str, Any] = {}
    if step.to_draft is not None:
        states["draft_state"] = step.to_draft
    if step.to_public is not None:
        states["public_state"] = step.to_public
    changed = Page.objects.filter(pk=page.pk, draft_state=before[0], public_state=before[1])
    if (states or fields) and changed.update(**states, **fields) != 1:
        raise Stale("Somebody else moved this page at the same moment. Nothing changed; look at it again.")
    for name, value in {**states, **fields}.items():
        setattr(page, name, value)
    return record(
        page,
        verb,
        before=before,
        by=by,
        version=version,
        note=note,
        reason=reason,
        change=change,
        path=path,
        withdrawn_as=fields.get("withdrawn_as", ""),
    )


def record(
    page: Page,
    verb: Verb,
    *,
    before: tuple[str, str],
    by: Any,
    version: Version | None,
    note: str = "",
    reason: str = "",
    change: str = "",
    path: str = "",
    withdrawn_as: str = "",
) -> Transition:
    transition = Transition.objects.create(
        page_id=page.pk,
        version=version,
        verb=verb,
        by=by,
        at=timezone.now(),
        from_draft=before[0],
        to_draft=page.draft_state,
        from_public=before[1],
        to_public=page.public_state,
        note=note,
        reason=reason,
        change=change,
        path=path,
        withdrawn_as=withdrawn_as,
        is_sample=page.is_sample,
    )
    more = {"reason": reason} if reason else {}
    audit(f"page {verb}", by=by, obj=page, note=note, version=version.number if version else None, **more)
    return transition
