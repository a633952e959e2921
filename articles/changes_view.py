"""The page that says what changed in a guide since a day (PAGE-82).

It is not kept: a day is one of thousands, few ask, and each answer is some queries.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import frame
from stemsite.publishing.models import Transition
from stemsite.publishing.reading import local_day
from stemsite.publishing.simple_page import simple_page

from .below import page_above
from .changes import changes_since, publications
from .content import article_content
from .forms import SinceForm
from .rendering import breadcrumb

MOST_DAYS = 12


@require_safe
def changes(request: HttpRequest, slug: str, folder: str) -> HttpResponse:
    """Dates, notes and sections; without a day, or before the first, everything since the guide was published."""
    site = frame()
    path = f"/{folder}/{slug}/"
    page = page_above(request, path, "changes/", site)
    if isinstance(page, HttpResponse):
        return page
    found = article_content(page.version_for_readers().content)
    steps = publications(page)
    if found.kind != "guide" or not steps:
        raise Http404
    today = timezone.localdate()
    first = local_day(steps[0].at) or today
    day = min(max(_day(request.GET.get("since", "")) or first, first), today)
    *trail, (title, _) = breadcrumb(found)
    context = {
        "site": site,
        "page": simple_page(
            site,
            title=f"{title}: what changed",
            path=request.path,
            description=f"What changed on this page since a day: {title}",
            trail=(*trail, (title, path), ("What changed", "")),
            noindex=True,
        ),
        "guide": found,
        "path": path,
        "since": changes_since(page, steps, day),
        "days": _days(steps[1:], besides=day),
        "form": SinceForm(request.path, first=first, day=day, today=today),
    }
    response = render(request, "articles/changes.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _days(steps: Iterable[Transition], *, besides: datetime.date) -> list[datetime.date]:
    """The days of these publications, the newest first."""
    found = {found for step in steps if (found := local_day(step.at)) is not None}
    return sorted(found - {besides}, reverse=True)[:MOST_DAYS]


def _day(text: str) -> datetime.date | None:
    """A day as forms send it; whatever else was written counts as none."""
    if len(text) != len("2026-01-31"):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
