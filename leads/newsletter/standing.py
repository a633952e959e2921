"""Whether what an issue tells of still stands as it was approved (LEAD-80)."""

from __future__ import annotations

import datetime

from stemsite.publishing.models import Page
from studies.models import IntegrityEvent

from ..models import IssueEdition


def what_moved(edition: IssueEdition, *, since: datetime.datetime) -> str:
    """Why ``edition`` may not go out any more; empty while all of it stands. Two queries."""
    pages = Page.objects.in_bulk([pin["page"] for pin in edition.pins])
    for pin in edition.pins:
        page = pages.get(pin["page"])
        if page is None or not page.is_live:
            return f"“{pin['title']}” was withdrawn."
        if page.live_version_id != pin["version"]:
            return f"“{pin['title']}” was corrected: another version is live."
    references = {reference for pin in edition.pins for reference in pin["references"]}
    events = IntegrityEvent.objects.filter(reference_id__in=references, first_seen_at__gt=since, ended_at=None)
    event = events.select_related("reference").order_by("pk").first()
    if event is None:
        return ""
    titles = [pin["title"] for pin in edition.pins if event.reference_id in pin["references"]]
    return f"A source of “{titles[0]}” was reported: {event.reference.short}, {event.get_kind_display()}."
