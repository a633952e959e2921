"""Notices: which a page must carry, which an older text brought back, and the way to today's (PUB-22, PUB-52)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.urls import reverse

from stemsite.clinic.models import Clinic, Wording

from . import workflow
from .content import Content, Statute
from .content import Wording as Carried
from .gate import Finding
from .models import Page, Version
from .recording import locked


def older_wordings(carried: Iterable[Carried]) -> dict[str, int]:
    """The versions among ``carried`` that are no longer today's, by kind; those of another law are not brought back."""
    law = Clinic.current().jurisdiction
    today = dict(Wording.objects.current().filter(jurisdiction=law).values_list("kind", "version"))
    return {
        wording.kind: wording.version
        for wording in carried
        if wording.law == law and today.get(wording.kind) != wording.version
    }


def wording_findings(page: Page, found: object) -> Iterator[Finding]:
    """A page may go live with an older notice, but not unseen."""
    if not isinstance(found, Content) or not page.kept_wordings:
        return
    older = older_wordings(found.notices)
    for wording in found.notices:
        if wording.kind in older:
            yield Finding(
                severity="warn",
                message=f"The notice “{Wording.Kind(wording.kind).label}” is version {wording.version}, not today's. "
                "Take today's wordings unless the older one is meant.",
                rule="PUB-52",
            )


def missing_notices(wanted: Iterable[str], found: Content) -> Iterator[Finding]:
    """A page without a notice that its own data call for cannot go live (PAGE-60, PAGE-61)."""
    for kind in wanted:
        if found.notice(kind) is None:
            label, law = Wording.Kind(kind).label, Clinic.current().jurisdiction
            yield Finding(
                severity="block",
                message=f"The page must carry the wording “{label}”, and there is none for {law}. "
                "The owner writes it under Wordings; then save the page again.",
                rule="NT-01",
                url=reverse("admin:clinic_wording_changelist"),
            )


def statute_findings(found: Content, today: Iterable[Statute]) -> Iterator[Finding]:
    """What a law wants said stands word for word as it was verified, or the page does not go live (NT-02, LEAD-94)."""
    if found.laws != tuple(today):
        yield Finding(
            severity="block",
            message="The statutory texts of this version are not those in force today. Save the page again.",
            rule="NT-02",
            url=reverse("admin:clinic_statutorytext_changelist"),
        )


@transaction.atomic
def take_todays(page: Page, *, by: Any) -> Version:
    """Let the draft carry today's notices again; what was live or signed is untouched."""
    page = locked(page)
    Page.objects.filter(pk=page.pk).update(kept_wordings={})
    return workflow.saved(page, by=by, note="Took today's wordings.")
