"""Letters that were written to files because no mail server is set: read here, each reading on the record."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stemsite.access import Action, can
from stemsite.audit.recording import record

from ..files import folders
from ..reading import letter_for, letters_for


@require_safe
@never_cache
def letters(request: HttpRequest) -> HttpResponse:
    """The newest letters by time and subject."""
    if not can(request.user, Action.SEE_MAIL):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": "Letters written to files",
        "letters": letters_for(request.user),
        "is_filed": bool(folders()),
    }
    return render(request, "admin/stemsite/letters.html", context)


@require_safe
@never_cache
def letter(request: HttpRequest, name: str) -> HttpResponse:
    if not can(request.user, Action.SEE_MAIL):
        raise PermissionDenied
    found = letter_for(request.user, name)
    if found is None:
        raise Http404
    record("saw a letter", by=request.user, file=found.name)
    context = {**admin.site.each_context(request), "title": found.subject, "letter": found}
    return render(request, "admin/stemsite/letter.html", context)
