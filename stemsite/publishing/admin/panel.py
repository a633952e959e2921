"""The panel of checks for a form that is not saved: each finding with its place on that very form (PUB-36)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from ..content import Content
from ..models import Page
from ..panel import Panel, Passage, panel, subject_of

Place = Callable[[str], str]


def checks_of(model_admin: Any, page: Page, formsets: Iterable[Any], content: Content) -> dict[str, Any]:
    """What the checks say of ``content``, which the form gave, as the browser shows it."""
    place = _places(model_admin, page, formsets)
    return {**_told(panel(page, content), place), "anchors": _anchors(content, place)}


def _places(model_admin: Any, page: Page, formsets: Iterable[Any]) -> Place:
    """Where a field or a section stands on the form as it is filled in, its new sections included."""
    rows = {
        str(row.instance.key): row.prefix
        for formset in formsets
        for row in formset.forms
        if getattr(row.instance, "key", None)
    }
    return lambda field: rows.get(field) or model_admin.place_of(page, field)


def _told(found: Panel, place: Place) -> dict[str, Any]:
    def passages(given: Iterable[Passage]) -> list[dict[str, Any]]:
        return [{**asdict(one), "place": place(one.field)} for one in given]

    return {
        "measures": found.measures,
        "findings": [
            {
                "severity": one.severity,
                "subject": subject_of(one),
                "words": one.message,
                "place": place(one.field),
                "quote": one.quote,
                "url": one.url,
            }
            for one in found.findings
        ],
        "hardest": passages(found.hardest),
        "outline": passages(found.outline),
        "alts": passages(found.alts),
    }


def _anchors(content: Any, place: Place) -> dict[str, str]:
    """The place on the form of each section that has an anchor on the page."""
    sections = getattr(content, "sections", ())
    return {one.anchor: place(getattr(one, "key", one.role)) for one in sections if one.anchor}
