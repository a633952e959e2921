"""The trash: pages nobody works on any more, the way back, and what is erased in the end (PUB-106 to PUB-108)."""

from __future__ import annotations

import datetime
import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils import timezone

from stemsite.access import Action, can
from stemsite.audit.recording import record as audit

from . import going_live, workflow
from .families import family_of
from .gate import Finding, Refused
from .models import Override, Page, Schedule, ShareLink, SignOff, Transition, Use, Version, VersionWords
from .models.page import require_unnamed
from .recording import locked, require_open, require_right, take
from .steps import Draft, Verb

KEPT_FOR = datetime.timedelta(days=30)

logger = logging.getLogger(__name__)


@transaction.atomic
def discard(page: Page, *, by: Any, note: str = "", replacement: Page | None = None) -> Transition:
    """Move a page to the trash. One that was public answers 410 from now on, or leads to ``replacement``."""
    page = locked(page)
    require_right(page, Verb.TRASH, by)
    require_discardable(page, by)
    require_open(page, Verb.TRASH, by)
    step = take(
        page,
        Verb.TRASH,
        by=by,
        version=page.latest_version,
        note=note,
        path=page.live_path or "",
        trashed_at=timezone.now(),
        trashed_by=by,
    )
    ShareLink.objects.filter(page_id=page.pk, revoked_at=None).update(revoked_at=timezone.now())
    going_live.lead_on(page, replacement, by=by)
    going_live.refresh(page)
    return step


def require_discardable(page: Page, by: Any) -> None:
    """What readers see, and what others wait for, is not thrown away; the refusal says what to do first (PUB-107)."""
    if page.is_live:
        raise Refused(
            "A live page is not moved to the trash. Withdraw it first, with a reason: "
            "readers are told why, and what it said is kept for the record."
        )
    if page.draft_state == Draft.SCHEDULED:
        raise Refused("A scheduled page is not moved to the trash. Cancel the schedule first.")
    if page.draft_state == Draft.IN_REVIEW:
        raise Refused("A page in review is not moved to the trash. Recall it first.")
    if page.first_published_at is not None and not can(by, Action.WITHDRAW, page):
        raise Refused("This page was public once, so a publisher decides about it.")


@transaction.atomic
def take_out(page: Page, *, by: Any, slug: str = "") -> Transition:
    """Bring a page back with everything it had; where its address was taken meanwhile, under another ``slug``."""
    page = locked(page)
    require_open(page, Verb.UNTRASH, by)
    step = take(page, Verb.UNTRASH, by=by, version=page.latest_version, trashed_at=None, trashed_by=None)
    if slug and slug != page.slug:
        page.slug = slug
        page.save(update_fields=["slug"])
        Page.objects.filter(pk=page.pk).update(lock_version=F("lock_version") + 1)
        workflow.saved(page, by=by, note="Took another address out of the trash.")
    if taken := address_taken_by(page):
        raise Refused(Finding(severity="block", message=_taken(taken), field="slug"))
    going_live.refresh(page)
    return step


def address_taken_by(page: Page) -> Page | None:
    """The page that stands where ``page`` would stand if it were published."""
    if page.live_path is not None:
        return None  # It kept its address all the time.
    path = family_of(page).path(family_of(page).freeze(page))
    return Page.objects.filter(live_path=path).exclude(pk=page.pk).first()


def _taken(other: Page) -> str:
    return f"Its address {other.live_path} belongs to “{other.title}” now. Give the last part of another address."


@transaction.atomic
def erase(page: Page, *, by: Any, reason: str) -> None:
    """Erase a page that was never public, with its history; the audit entry stays (PUB-108)."""
    page = locked(page)
    if by is not None and not can(by, Action.PURGE, page):
        raise Refused("Only the owner empties the trash before its time.")
    if not page.is_trashed:
        raise Refused("Only what lies in the trash is erased.")
    if page.first_published_at is not None:
        raise Refused("This page was public once: what readers were told is kept for the record.")
    try:
        require_unnamed([page])
    except ValidationError as used:
        raise Refused(" ".join(used.messages)) from used
    audit("page erased", by=by, obj=page, note=reason, versions=page.versions.count())
    _erase(page)


def _erase(page: Page) -> None:
    for model in (Schedule, ShareLink, Override):
        model._base_manager.filter(page_id=page.pk).delete()
    Use.objects.filter(version__page_id=page.pk).delete()
    VersionWords.objects.filter(version__page_id=page.pk).delete()
    SignOff.objects.filter(version__page_id=page.pk).erase()
    Transition.objects.filter(page_id=page.pk).erase()
    Page.objects.filter(pk=page.pk).update(
        draft_state=Draft.DRAFT, latest_version=None, submitted_version=None, approved_version=None
    )
    Version.objects.filter(page_id=page.pk).erase()
    try:
        family_of(page).model._default_manager.filter(pk=page.pk).delete()
    except ProtectedError as protected:
        raise Refused("A draft still shows this page. Take it out there first.") from protected


def empty_due() -> int:
    """Erase what has lain in the trash for 30 days, each page on its own; what is still named somewhere stays."""
    due = Page.objects.in_trash().filter(first_published_at=None, trashed_at__lt=timezone.now() - KEPT_FOR)
    erased = 0
    for page in due.order_by("trashed_at", "pk"):
        try:
            erase(page, by=None, reason=f"In the trash for {KEPT_FOR.days} days.")
            erased += 1
        except Refused:
            logger.info("page %s stays in the trash: something still names it", page.pk)
    return erased
