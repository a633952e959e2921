"""Keeping the library's rows in step with live versions and with what happened to their papers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stemsite.publishing.models import Page

from .. import evidence
from ..content import Registration, StudyContent, study_content
from ..models import LibraryEntry, LibraryTerm, Reference, Study

Registry = LibraryEntry.Registry

ALARMING = frozenset(
    {Reference.Standing.RETRACTED.value, Reference.Standing.PARTLY_RETRACTED.value, Reference.Standing.CONCERN.value}
)
"""Standings under which a paper gets no word of certainty (EVD-72)."""

_LEVELS = {"": 0, "very low": 1, "low": 2, "moderate": 3, "high": 4}


def follow(page: Page) -> None:
    """The entry of ``page`` as readers get it now; none while it is not live. In the caller's transaction."""
    live = Page.objects.filter(pk=page.pk, family=Study.FAMILY, public_state=Page.PublicState.LIVE)
    version = live.values_list("live_version__content", flat=True).first()
    LibraryEntry.objects.filter(page=page.pk).delete()
    if version is not None:
        add({page.pk: study_content(version)})


def add(contents: Mapping[int, StudyContent]) -> None:
    """Entries of live studies that have none yet, many at once."""
    papers = [found.primary.reference for found in contents.values() if found.primary]
    standings = dict(Reference.objects.filter(pk__in=papers).values_list("pk", "standing"))
    LibraryEntry.objects.bulk_create(
        LibraryEntry(page=pk, **facts(found, standings.get(found.primary.reference, "") if found.primary else ""))
        for pk, found in contents.items()
    )
    LibraryTerm.objects.bulk_create(
        LibraryTerm(entry_id=pk, **term) for pk, found in contents.items() for term in terms(found)
    )


def follow_paper(reference: int) -> None:
    """A paper's standing changed: so do the entries of the studies that rest on it."""
    pages = LibraryEntry.objects.filter(primary=reference).values_list("page", flat=True)
    for page in Page.objects.filter(pk__in=list(pages)):
        follow(page)


def facts(found: StudyContent, standing: str) -> dict[str, Any]:
    level = "" if standing in ALARMING else evidence.certainty(found).level
    return {
        "year": found.year or 0,
        "people": found.people or 0,
        "design": found.design,
        "phase": re.sub(r"[^0-9/]", "", found.phase),
        "certainty": _LEVELS[level],
        "has_results": found.has_results,
        "registry": registry_status(found.registrations),
        "standing": standing,
        "primary": found.primary.reference if found.primary else None,
    }


def terms(found: StudyContent) -> Iterator[dict[str, Any]]:
    for kind, marks in (
        (LibraryTerm.Kind.CONDITION, found.conditions),
        (LibraryTerm.Kind.TREATMENT, found.interventions),
    ):
        for mark in marks:
            yield {"kind": kind, "record": mark.id, "slug": mark.slug, "name": mark.name}


_STATUS = (
    (("terminated", "withdrawn", "suspended", "stopped"), Registry.STOPPED),
    (("completed", "ended"), Registry.COMPLETED),
    (("not recruiting", "active", "closed to", "under way"), Registry.ACTIVE),
    (("recruiting", "enrolling", "enrolment", "enrollment", "open"), Registry.RECRUITING),
)


def registry_status(registrations: Sequence[Registration]) -> str:
    """Where the first registration that says so stands, in one of our words; registries have words of their own."""
    if not registrations:
        return Registry.NONE.value
    said = next((row.status.casefold() for row in registrations if row.status), "").replace("_", " ")
    found = (status.value for signs, status in _STATUS if any(sign in said for sign in signs))
    return next(found, Registry.UNKNOWN.value)
