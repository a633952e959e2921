"""The verbs of publishing. Each takes ``by=``, is atomic, checks table, right and people, and is recorded.

Expected refusals are ``Refused`` (or its kind ``Stale``): nothing was changed, and the message
says what to do. Effects on stored pages and mail are written in the same transaction.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from . import going_live, letters
from .claiming import record_run
from .families import content_of, family_of
from .gate import Refused, Stale, require
from .guards import (
    is_exempt,
    not_signed,
    require_intact,
    require_not_live_already,
    require_not_sole_writer,
    require_others_words,
    require_publishable,
    require_reason,
    require_reviewed_before,
    require_reviewed_by,
    reviewer_profile,
)
from .models import Page, SignOff, Transition, Version
from .recording import locked, record, require_open, require_right, take
from .signing import add_sign_off
from .steps import WORKING, Draft, Verb
from .versions import frozen, save_version


@transaction.atomic
def saved(page: Page, *, by: Any, note: str = "", action: str = Version.Action.SAVE) -> Version:
    """Keep what was just saved as a Version, and let the states follow (PUB-20, PUB-44).

    An approved page whose text changed is a draft again; in review, the new text is what is reviewed;
    a scheduled page keeps its frozen version and the edit stays draft (PUB-61).
    """
    page = locked(page)
    require_right(page, Verb.EDIT, by)
    known = page.latest_version_id
    version = save_version(page, by=by, action=action, note=note)
    if version.pk != known:
        Page.objects.filter(pk=page.pk).update(saved_at=timezone.now(), saved_by=by)
    if known is None:
        state = page.draft_state, page.public_state
        record(page, Verb.CREATE, before=state, by=by, version=version)
    if page.draft_state == Draft.APPROVED and version != page.approved_version:
        signed = page.approved_version
        step = take(page, Verb.EDIT, by=by, version=version, approved_version=None)
        letters.changed_after_signature(page, step, signed=signed, by=by)
    elif page.draft_state == Draft.IN_REVIEW and version != page.submitted_version:
        Page.objects.filter(pk=page.pk).update(submitted_version=version)
    return version


@transaction.atomic
def revert(page: Page, *, by: Any, to: Version) -> Version:
    """Write an earlier version back into the draft; readers see nothing of it until it is published (PUB-22)."""
    page = locked(page)
    require_right(page, Verb.EDIT, by)
    if to.page_id != page.pk:
        raise Refused("That version belongs to another page.")
    require_intact(to)
    family_of(page).restore(page, content_of(page, to))
    Page.objects.filter(pk=page.pk).update(lock_version=F("lock_version") + 1)
    return saved(page, by=by, note=f"Back to {to}.", action=Version.Action.REVERT)


@transaction.atomic
def submit(page: Page, *, by: Any, note: str = "", minor: bool = False) -> Version:
    """Ask for review. ``minor`` asks the reviewer to confirm only the change since the live version (PUB-45)."""
    page = locked(page)
    require_open(page, Verb.SUBMIT, by)
    version = save_version(page, by=by, action=Version.Action.SUBMIT, note=note)
    require(page, content_of(page, version))
    if minor:
        require_reviewed_before(page)
    record_run(page, version, Verb.SUBMIT, by=by)
    step = take(
        page, Verb.SUBMIT, by=by, version=version, note=note, submitted_version=version, submitted_as_minor=minor
    )
    letters.review_wanted(page, step, by=by, note=note)
    return version


@transaction.atomic
def recall(page: Page, *, by: Any, note: str = "") -> None:
    page = locked(page)
    require_open(page, Verb.RECALL, by)
    take(page, Verb.RECALL, by=by, version=page.submitted_version, note=note)


@transaction.atomic
def request_changes(page: Page, *, by: Any, reason: str) -> None:
    """Send the draft back; the reason goes to the author by mail and stays on top of the form (PUB-47)."""
    page = locked(page)
    require_open(page, Verb.REQUEST_CHANGES, by)
    if not reason.strip():
        raise Refused("Say what should change: the author gets your words by mail.")
    step = take(page, Verb.REQUEST_CHANGES, by=by, version=page.submitted_version, note=reason, approved_version=None)
    letters.changes_wanted(page, step, by=by, reason=reason)


@transaction.atomic
def sign(
    page: Page,
    *,
    by: Any,
    version_id: int,
    statement: str = "",
    review_due_on: datetime.date | None = None,
) -> SignOff:
    """Sign exactly the version that was read; the signature is the approval (PUB-43, PUB-146).

    A change submitted as minor is confirmed: the dates of the whole-page review stay (PUB-45, PUB-121).
    """
    page = locked(page)
    verb = Verb.CONFIRM if page.submitted_as_minor else Verb.SIGN
    require_open(page, verb, by)
    version = page.submitted_version
    if version is None or version.pk != version_id:
        raise Stale("The text changed while you were reading. Look at the newest version and sign that one.")
    require_intact(version)
    require(page, content_of(page, version))
    person = reviewer_profile(by)
    require_not_sole_writer(page, version, by)
    if page.submitted_as_minor:
        require_reviewed_by(page, by)
    sign_off = add_sign_off(
        page,
        version,
        by=by,
        person=person,
        statement=statement,
        review_due_on=review_due_on,
        minor=page.submitted_as_minor,
    )
    record_run(page, version, verb, by=by)
    step = take(page, verb, by=by, version=version, note=statement, approved_version=version)
    letters.approved(page, step, by=by)
    return sign_off


@transaction.atomic
def countersign(page: Page, *, by: Any, version_id: int, statement: str = "") -> SignOff:
    """Say that a colleague's text was read and stands: the second pair of eyes (PUB-146)."""
    page = locked(page)
    require_open(page, Verb.COUNTERSIGN, by)
    version = page.approved_version if page.draft_state == Draft.APPROVED else page.submitted_version
    if version is None or version.pk != version_id:
        raise Stale("The text changed while you were reading. Look at the newest version and countersign that one.")
    require_intact(version)
    require_others_words(page, version, by)
    sign_off = add_sign_off(page, version, by=by, person=None, statement=statement)
    take(page, Verb.COUNTERSIGN, by=by, version=version, note=statement)
    return sign_off


@transaction.atomic
def publish(
    page: Page, *, by: Any, change: str, note: str = "", reason: str = "", version_id: int | None = None
) -> Transition:
    """Put the approved version before the public, at once and wholly (PUB-02, PUB-03).

    Refuses when the draft is no longer what was signed, whatever path changed it, and when
    ``version_id`` says that another version was looked at.
    """
    page = locked(page)
    version = ready_version(page, Verb.PUBLISH, by=by)
    require_seen(version, version_id)
    require_note(page, change, note)
    require_reason(by, reason)
    require(page, content_of(page, version))
    record_run(page, version, Verb.PUBLISH, by=by)
    return going_live.go_live(page, version, by=by, change=change, note=note, reason=reason)


def ready_version(page: Page, verb: Verb, *, by: Any) -> Version:
    """The version that ``verb`` (publish or schedule) may act on now; the caller holds the lock."""
    require_right(page, verb, by)
    version = page.approved_version
    if page.draft_state == Draft.SCHEDULED and version is not None:
        require_open(page, verb, by)
    elif page.draft_state == Draft.APPROVED and version is not None:
        require_open(page, verb, by)
        _, digest = frozen(page)
        if version.content_hash != digest:
            raise Refused(
                "The text is no longer the one that was signed. Save it, look at the difference, and submit it again."
            )
    else:
        version = save_version(page, by=by, action=Version.Action.PUBLISH)
        require_not_live_already(page, version)
        exempt = is_exempt(page, version)
        if page.draft_state in WORKING and not exempt:
            require(page, content_of(page, version), not_signed(page, version))
        require_open(page, verb, by, exempt=exempt)
    require_publishable(page, version, by)
    return version


def require_seen(version: Version, version_id: int | None) -> None:
    """Refuse to act on another version than the one that was on the screen (PUB-51)."""
    if version_id is not None and version.pk != version_id:
        raise Stale("The page has a newer version than the one you looked at. Nothing changed; look at that one first.")


def require_note(page: Page, change: str, note: str) -> None:
    """Publishing says major or minor; a major change of a live page tells readers what changed (PUB-49)."""
    if change not in Transition.Change:
        raise Refused("Say whether the change is major or minor.")
    confirmed = page.submitted_as_minor and page.draft_state in {Draft.APPROVED, Draft.SCHEDULED}
    if change == Transition.Change.MAJOR and confirmed:
        raise Refused("The reviewer confirmed a minor change. Publish it as minor, or submit it for a whole review.")
    if change == Transition.Change.MAJOR and page.first_published_at and not note.strip():
        raise Refused("Write one sentence for readers: what changed on this page?")


@transaction.atomic
def withdraw(page: Page, *, by: Any, kind: str, reason: str, replacement: Page | None = None) -> Transition:
    """Take a live page down or put a dated banner over it; readers are told why (PUB-109)."""
    page = locked(page)
    require_open(page, Verb.WITHDRAW, by)
    if kind not in Page.Withdrawal:
        raise Refused("Choose how the page is withdrawn.")
    if not reason.strip():
        raise Refused("Write one neutral sentence for readers: why is this page withdrawn?")
    if kind == Page.Withdrawal.MERGED and (replacement is None or replacement.pk == page.pk or not replacement.is_live):
        raise Refused("Choose the live page that readers are sent to.")
    if kind == Page.Withdrawal.OUTDATED and replacement is not None:
        raise Refused("An outdated page stays at its address, so nobody is sent on. Choose “merged” for that.")
    going_live.call_off(page, by=by, because="The page was withdrawn by hand.")
    return going_live.take_down(page, by=by, kind=kind, reason=reason, replacement=replacement)


@transaction.atomic
def restore(page: Page, *, by: Any, note: str = "") -> Transition:
    """Undo a withdrawal: the same version is live again."""
    page = locked(page)
    require_open(page, Verb.RESTORE, by)
    if page.live_version is not None:
        require_intact(page.live_version)
    return going_live.put_back(page, by=by, note=note)


@transaction.atomic
def reviewed_no_change(
    page: Page,
    *,
    by: Any,
    statement: str = "",
    review_due_on: datetime.date | None = None,
    version_id: int | None = None,
) -> SignOff:
    """Sign the live version anew: moves last reviewed and next due, never updated (PUB-122)."""
    page = locked(page)
    require_open(page, Verb.REVIEW, by)
    version = page.live_version
    if version is None:
        raise Refused("This page was never published.")
    require_seen(version, version_id)
    require_intact(version)
    person = reviewer_profile(by)
    require_not_sole_writer(page, version, by)
    sign_off = add_sign_off(page, version, by=by, person=person, statement=statement, review_due_on=review_due_on)
    take(page, Verb.REVIEW, by=by, version=version, note=statement, review_due_on=sign_off.review_due_on)
    going_live.refresh(page)
    return sign_off
