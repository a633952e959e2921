"""What changes for the public: addresses, dates, redirects, stored pages. Called by the workflow, under its lock."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from stemsite.search import index
from stemsite.serving import store

from . import letters
from .commenting import require_settled
from .families import content_of, family_of
from .gate import Finding, Refused
from .models import Page, Redirect, Schedule, Transition, Version
from .reading import signature
from .recording import take
from .steps import Verb


def page_key(page_id: int) -> str:
    """The key of every stored page that shows this page."""
    return f"page:{page_id}"


def picture_ready(file_id: int) -> None:
    """Pages stored before a picture's sizes were made are rendered anew with them (PUB-101)."""
    store.forget(f"picture:{file_id}")


def go_live(
    page: Page,
    version: Version,
    *,
    by: Any,
    change: str,
    note: str = "",
    reason: str = "",
    verb: Verb = Verb.PUBLISH,
    **marks: Any,
) -> Transition:
    """Point the page at ``version``; every address that depends on it is rendered anew from this commit on."""
    now = timezone.now()
    content = content_of(page, version)
    path = family_of(page).path(content)
    require_settled(page)
    _require_free(page, path)
    before = _keys_of(page, page.live_version)
    old_path = page.live_path
    family_of(page).settle(page, content)
    try:
        with transaction.atomic():
            step = take(
                page,
                verb,
                by=by,
                version=version,
                note=note,
                reason=reason,
                change=change,
                path=path,
                approved_version=None,
                submitted_version=None,
                submitted_as_minor=False,
                **released(page, version),
                **public_facts(page, version, path=path, change=change, at=now),
                **{"corrected_at": None, "corrected_by": None, **marks},
            )
    except IntegrityError:
        _require_free(page, path)  # Another page took the address in this very moment.
        raise
    if page.has_address:
        _redirect(page, old_path, path)
    Schedule.objects.filter(page_id=page.pk, what=Schedule.What.PUBLISH).pending().update(
        state=Schedule.State.CANCELLED, finished_at=now, outcome="Published by hand before its time."
    )
    refresh(page, *before, f"path:{path}", f"path:{old_path}")
    return step


def released(page: Page, version: Version) -> dict[str, Any]:
    """Older notices that going back had brought into the draft stay until it is published; then today's count again.

    A scheduled version that the draft has left behind takes nothing from the draft.
    """
    return {"kept_wordings": {}} if version.pk == page.latest_version_id else {}


def public_facts(page: Page, version: Version, *, path: str, change: str, at: datetime.datetime) -> dict[str, Any]:
    """What readers are told about a page whose ``version`` is published ``at`` this moment."""
    signed = signature(version)
    return {
        "live_version": version,
        "live_path": path,
        "live_kind": getattr(content_of(page, version), "kind", ""),
        "first_published_at": page.first_published_at or at,
        "updated_at": at if change == Transition.Change.MAJOR or page.updated_at is None else page.updated_at,
        "review_due_on": signed.review_due_on if signed else None,
        "withdrawn_at": None,
        "withdrawn_as": "",
        "withdrawn_because": "",
    }


def call_off(page: Page, *, by: Any, because: str) -> None:
    """Cancel what is scheduled for ``page``, so that nothing happens to it behind a decision made by hand."""
    Schedule.objects.filter(page_id=page.pk).pending().update(
        state=Schedule.State.CANCELLED, finished_at=timezone.now(), outcome=because
    )
    if page.draft_state == Page.DraftState.SCHEDULED:
        take(page, Verb.CANCEL, by=by, version=page.approved_version, note=because)


def take_down(page: Page, *, by: Any, kind: str, reason: str, replacement: Page | None) -> Transition:
    transition = take(
        page,
        Verb.WITHDRAW,
        by=by,
        version=page.live_version,
        note=reason,
        path=page.live_path or "",
        withdrawn_at=timezone.now(),
        withdrawn_as=kind,
        withdrawn_because=reason,
    )
    lead_on(page, replacement, by=by)
    letters.shown_page_withdrawn(page, transition, by=by)
    refresh(page)
    return transition


def lead_on(page: Page, replacement: Page | None, *, by: Any) -> None:
    """Readers of ``page``, which is public no more, are sent to ``replacement``."""
    if replacement is not None and page.live_path and page.has_address:
        Redirect.objects.update_or_create(
            from_path=page.live_path,
            defaults={"page": replacement, "to_path": "", "created_by": by, "is_sample": page.is_sample},
        )


def put_back(page: Page, *, by: Any, note: str) -> Transition:
    Redirect.objects.filter(from_path=page.live_path).delete()
    transition = take(
        page,
        Verb.RESTORE,
        by=by,
        version=page.live_version,
        note=note,
        path=page.live_path or "",
        withdrawn_at=None,
        withdrawn_as="",
        withdrawn_because="",
    )
    refresh(page)
    return transition


def refresh(page: Page, *keys: str) -> None:
    """Forget every stored page that shows ``page`` or a list it stands in, and bring search and lists up to date."""
    store.forget(page_key(page.pk), *_keys_of(page, page.live_version), *keys)
    index.refresh(page.pk)
    family_of(page).follow(page)


def _keys_of(page: Page, version: Version | None) -> frozenset[str]:
    """Keys of lists and profiles that show ``version``, those of its signers included."""
    if version is None:
        return frozenset()
    signers = version.sign_offs.exclude(person=None).values_list("person__slug", flat=True)
    return frozenset({*family_of(page).affects(content_of(page, version)), *(f"person:{slug}" for slug in signers)})


def _require_free(page: Page, path: str) -> None:
    taken = Page.objects.filter(live_path=path).exclude(pk=page.pk).first()
    if taken is not None:
        raise Refused(
            Finding(
                severity="block",
                message=f"The address {path} belongs to “{taken.title}”. Choose another slug.",
                field="slug",
            )
        )


def _redirect(page: Page, old_path: str | None, path: str) -> None:
    """The old address leads to the new one, and none leads away from it (PUB-83, PUB-84)."""
    Redirect.objects.filter(from_path=path).delete()
    if old_path and old_path != path:
        Redirect.objects.update_or_create(
            from_path=old_path, defaults={"page": page, "to_path": "", "is_sample": page.is_sample}
        )
    # Where the address was a redirect's bare target, the redirect follows the page from now on (PUB-84).
    Redirect.objects.filter(to_path__in=[path, old_path or path]).update(page=page, to_path="")
