"""Taking a publication back while it is fresh: the version that stood before it is live again (PUB-18).

It is a publication like any other, of a text that passed before: in the record, in the list of changes, on every list.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from . import going_live
from .claiming import record_run
from .families import content_of
from .gate import Refused, Stale, require
from .guards import require_intact, require_reason
from .models import Page, Transition, Version
from .recording import locked, require_open
from .steps import Verb

WITHIN = datetime.timedelta(minutes=10)
NOTE = "The change published shortly before was taken back."

_SEEN = (*Transition.PUBLICATIONS, Verb.WITHDRAW, Verb.RESTORE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    step: Transition
    """The publication that can be taken back."""
    before: Transition
    """The one whose version is live again afterwards."""

    @property
    def until(self) -> datetime.datetime:
        return self.step.at + WITHIN

    @property
    def version(self) -> Version | None:
        return self.before.version


def undoable(page: Page) -> Undoable | None:
    """What can be taken back now: the last thing that happened for readers, if it replaced a live text."""
    steps = page.transitions.filter(verb__in=_SEEN).select_related("version", "by").order_by("-at", "-pk")
    last = steps.first()
    if last is None or last.verb not in Transition.PUBLICATIONS or last.verb == Verb.UNDO:
        return None
    if last.from_public != Page.PublicState.LIVE or timezone.now() >= last.at + WITHIN:
        return None
    earlier = steps.filter(verb__in=Transition.PUBLICATIONS).exclude(pk=last.pk).first()
    return Undoable(step=last, before=earlier) if earlier is not None and earlier.version is not None else None


@transaction.atomic
def undo(page: Page, *, by: Any, version_id: int | None = None, reason: str = "") -> Transition:
    """Put the version before the last one back before the public; what was taken back stays as the draft."""
    page = locked(page)
    require_open(page, Verb.UNDO, by)
    found = undoable(page)
    if found is None or found.version is None:
        raise Stale(
            "There is nothing to take back any more: a publication can be undone for ten minutes, and only where it "
            "replaced a live text. Publish again, or withdraw the page."
        )
    if version_id is not None and found.step.version_id != version_id:
        raise Stale("Another version was published meanwhile. Look at it first; nothing changed.")
    require_reason(by, reason)
    require_intact(found.version)
    content = content_of(page, found.version)
    require(page, content)
    if found.version.pk == page.live_version_id:
        raise Refused("Exactly this text is live already. Nothing changed.")
    record_run(page, found.version, Verb.UNDO, by=by)
    major = found.step.change == Transition.Change.MAJOR
    return going_live.go_live(
        page,
        found.version,
        by=by,
        change=found.step.change or Transition.Change.MINOR,
        note=NOTE if major else "",
        reason=reason,
        verb=Verb.UNDO,
        **_still_to_confirm(found.before),
    )


def _still_to_confirm(before: Transition) -> dict[str, Any]:
    """A correction that nobody had confirmed is one that nobody has confirmed (PUB-144)."""
    version = before.version
    if before.verb != Verb.CORRECT or version is None or any(sign.is_medical for sign in version.sign_offs.all()):
        return {}
    return {"corrected_at": before.at, "corrected_by": before.by}
