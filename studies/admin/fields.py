"""Fields of a reference as staff screens name and print them."""

from __future__ import annotations

from typing import Any

from ..models import Reference

SHOWN_NAMES = 6
FIELD_LABELS = {
    "kind": "Kind",
    "title": "Title",
    "authors": "Authors",
    "editors": "Editors",
    "journal": "Journal",
    "journal_abbreviation": "NLM abbreviation",
    "year": "Year",
    "month": "Month",
    "day": "Day",
    "volume": "Volume",
    "issue": "Issue",
    "pages": "Pages",
    "article_number": "Article number",
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "registry": "Registry",
    "registry_id": "Registry number",
    "url": "Address",
    "outlet": "Outlet or publisher",
    "updated_on": "Record updated",
}


def verdict_in_words(reference: Reference) -> str:
    """The verdict with a shape before it and the day of the check behind it: never by color alone (EVD-83)."""
    mark = {"verified": "✓", "not checked": "○"}.get(reference.verdict, "✕")
    day = f", {reference.checked_on:%Y-%m-%d}" if reference.checked_on else ""
    return f"{mark} {reference.get_verdict_display()}{day}"


def in_words(value: Any) -> str:
    """A value as text; a long list of names by its first six."""
    if not isinstance(value, list):
        return "" if value is None else str(value)
    names = "; ".join(", ".join(map(str, name)) for name in value[:SHOWN_NAMES])
    return names + (f"; and {len(value) - SHOWN_NAMES} more" if len(value) > SHOWN_NAMES else "")
