"""What goes live before a second person has seen it, and how that is made good (PUB-50, PUB-144).

Two ways lead past the signature: by force, with a reason, and the lane for harmless corrections of a signed page. Both
leave a mark on the page until a different person has looked.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from . import going_live, letters
from .claiming import record_run
from .families import content_of
from .gate import Finding, Refused, Stale, require
from .guards import is_exempt, require_intact, require_not_live_already, require_publishable, reviewer_profile
from .harmless import reasons_against
from .models import Page, SignOff, Transition, Version
from .reading import signature
from .recording import locked, require_open, take
from .saying import explained
from .signing import add_sign_off
from .steps import Verb
from .versions import save_correction, save_version
from .workflow import require_note, require_seen


@transaction.atomic
def force_publish(
    page: Page, *, by: Any, reason: str, change: str, note: str = "", version_id: int | None = None
) -> Transition:
    """Publish what the draft says without the signature it needs. Everything else that blocks still blocks (PUB-50)."""
    page = locked(page)
    require_open(page, Verb.FORCE, by)
    if not reason.strip():
        raise Refused("Say why this cannot wait for the signature. Your reason stays in history and audit log.")
    version = save_version(page, by=by, action=Version.Action.PUBLISH)
    require_seen(version, version_id)
    require_not_live_already(page, version)
    require_intact(version)
    if not needs_force(page, version, by):
        raise Refused("Nothing stands in the way of this text: publish it the usual way.")
    require_note(page, change, note)
    require(page, content_of(page, version))
    record_run(page, version, Verb.FORCE, by=by)
    step = going_live.go_live(
        page,
        version,
        by=by,
        change=change,
        note=note,
        reason=reason,
        verb=Verb.FORCE,
        forced_at=timezone.now(),
        forced_by=by,
    )
    letters.published_by_force(page, step, by=by)
    return step


def needs_force(page: Page, version: Version, by: Any) -> bool:
    """Whether a signature, or who wrote and signed, is what keeps ``version`` from its readers."""
    if is_exempt(page, version):
        return False
    try:
        require_publishable(page, version, by)
    except Refused:
        return True
    return False


@transaction.atomic
def clear(page: Page, *, by: Any, note: str) -> Transition:
    """Take the red flag of a forced publication away; somebody else than who forced it (PUB-50)."""
    page = locked(page)
    require_open(page, Verb.CLEAR, by)
    require_forced(page, by)
    if not note.strip():
        raise Refused("Say what you looked at and found: your words stay in the history.")
    return take(page, Verb.CLEAR, by=by, version=page.live_version, note=note, forced_at=None, forced_by=None)


def require_forced(page: Page, by: Any) -> None:
    if page.forced_at is None:
        raise Stale("No second look is asked for any more. Nothing changed.")
    if page.forced_by_id == by.pk:
        raise Refused("You published this by force yourself; somebody else has to look at it.")


@transaction.atomic
def publish_correction(page: Page, *, by: Any, version_id: int | None = None) -> Transition:
    """Put a harmless correction of a signed page before its readers at once; the reviewer confirms afterwards."""
    page = locked(page)
    require_open(page, Verb.CORRECT, by)
    draft = save_version(page, by=by, action=Version.Action.SAVE)
    require_seen(draft, version_id)
    require_not_live_already(page, draft)
    base = require_harmless(page, draft)
    require(page, content_of(page, draft))
    version = save_correction(page, draft, of=base, by=by)
    record_run(page, version, Verb.CORRECT, by=by)
    step = going_live.go_live(
        page,
        version,
        by=by,
        change=Transition.Change.MINOR,
        verb=Verb.CORRECT,
        corrected_at=timezone.now(),
        corrected_by=by,
    )
    letters.corrected(page, step, base=base, by=by)
    return step


def signed_base(page: Page) -> Version | None:
    """The version whose signature stands on the page: the live one, or the one that it corrects."""
    live = page.live_version
    if live is None or signature(live) is None:
        return None
    return live.corrects or live


def require_harmless(page: Page, draft: Version) -> Version:
    """The signed version that ``draft`` may correct without waiting; refuses with every reason against."""
    base = signed_base(page) if page.is_live else None
    if base is None:
        raise Refused("Only a live page that a clinician has signed can be corrected this way.")
    require_intact(base)
    reasons = reasons_against(content_of(page, base), content_of(page, draft), terms=explained())
    if reasons:
        raise Refused(
            *(
                Finding(severity="block", message=f"This needs the reviewer: {reason}.", rule="PUB-144")
                for reason in reasons
            )
        )
    return base


@transaction.atomic
def confirm_correction(page: Page, *, by: Any, version_id: int) -> SignOff:
    """The reviewer's signature under the corrected text, with the dates of the last whole review (PUB-144)."""
    page = locked(page)
    require_open(page, Verb.CONFIRM_CORRECTION, by)
    require_corrected(page, by)
    version = page.version_for_readers()
    require_seen(version, version_id)
    require_intact(version)
    sign_off = add_sign_off(page, version, by=by, person=reviewer_profile(by), minor=True)
    take(page, Verb.CONFIRM_CORRECTION, by=by, version=version, corrected_at=None, corrected_by=None)
    going_live.refresh(page)
    return sign_off


def require_corrected(page: Page, by: Any) -> None:
    if page.corrected_at is None:
        raise Stale("No correction waits to be confirmed any more. Nothing changed.")
    if page.corrected_by_id == by.pk:
        raise Refused("You made this correction yourself; another reviewer has to confirm it.")
    base = signed_base(page)
    last = signature(base) if base else None
    if last is not None and last.signed_by_id != by.pk:
        raise Refused(
            f"{last.name} signed the page that was corrected and confirms it. "
            "If that cannot be, submit the page for a whole review."
        )
