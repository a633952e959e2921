"""Addresses that readers ask for where nothing stands, and the way to a redirect from each (PUB-88)."""

from __future__ import annotations

from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stemsite.access import Action, can
from stemsite.counts.figures import mondays, most
from stemsite.counts.kinds import Kind
from stemsite.counts.models import Count

from ..links import leading_somewhere

SHOWN = 100


@require_safe
def missing(request: HttpRequest) -> HttpResponse:
    """The addresses asked for most in the last weeks, without those that lead somewhere by now."""
    if not can(request.user, Action.EDIT_REDIRECTS):
        raise PermissionDenied
    weeks = mondays()
    asked_for = most(Kind.ABSENT, weeks, limit=SHOWN)
    found = leading_somewhere(line.name for line in asked_for)
    context = {
        **site.each_context(request),
        "title": "Missing addresses",
        "lines": [line for line in asked_for if line.name not in found],
        "weeks": len(weeks),
        "often": Count.SEEN_OFTEN,
    }
    return render(request, "admin/publishing/missing.html", context)
