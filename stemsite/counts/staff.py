"""The staff screen of readers' numbers."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stemsite.access import Action, can
from stemsite.charts import chart

from .figures import by_week, mondays, most
from .kinds import Kind
from .models import Count

TABLES = (
    (Kind.PAGE, "Pages read", "Page", "No page was read yet."),
    (Kind.REFERRER, "Where readers came from", "Site", "Nobody came from another site often enough to be named."),
    (Kind.SEARCH, "Searched for and found", "Words", "Nothing was searched for often enough to be named."),
    (Kind.MISSED, "Searched for and not found", "Words", "Nothing was missed often enough to be named."),
)


@require_safe
def readers(request: HttpRequest) -> HttpResponse:
    """Readers' numbers of the last weeks: what was read, where from, what was looked for."""
    if not can(request.user, Action.SEE_LIBRARY):
        raise PermissionDenied
    weeks = mondays()
    context = {
        **admin.site.each_context(request),
        "title": "Readers in numbers",
        "chart": chart("Pages read a week", weeks, by_week(weeks)),
        "tables": [(heading, column, most(kind, weeks), empty) for kind, heading, column, empty in TABLES],
        "weeks": len(weeks),
        "often": Count.SEEN_OFTEN,
    }
    return render(request, "admin/stemsite/readers.html", context)
