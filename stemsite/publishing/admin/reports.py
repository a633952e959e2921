"""The screen that shows every report."""

from __future__ import annotations

from itertools import islice

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stemsite.access import Action, can

from ..reports import reports

SHOWN = 200


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """What has moved on since pages went live."""
    if not can(request.user, Action.SEE_LIBRARY):
        raise PermissionDenied
    shown = [(report, list(islice(report.lines(), SHOWN + 1))) for report in reports()]
    context = {
        **admin.site.each_context(request),
        "title": "What has moved on since pages went live",
        "reports": [(report, lines[:SHOWN], len(lines) > SHOWN) for report, lines in shown],
    }
    return render(request, "admin/stemsite/reports.html", context)
