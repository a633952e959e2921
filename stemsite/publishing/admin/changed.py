"""Studies that changed under signed pages, each with its difference and one press that closes it (PUB-11)."""

from __future__ import annotations

from itertools import islice

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from stemsite.access import Action, can

from .. import changed_studies as changes
from ..diffing import compare
from ..families import content_of
from ..gate import Refused
from .finding_pages import page_for
from .naming import names_in

SHOWN = 50


@require_safe
def changed_studies(request: HttpRequest) -> HttpResponse:
    if not can(request.user, Action.SEE_LIBRARY):
        raise PermissionDenied
    found = list(islice(changes.changed(request.user), SHOWN + 1))
    context = {
        **site.each_context(request),
        "title": "Studies that changed since pages were signed",
        "rows": [(one, _difference(one)) for one in found[:SHOWN]],
        "more": len(found) > SHOWN,
    }
    return render(request, "admin/publishing/changed.html", context)


def _difference(one: changes.Changed) -> object:
    after = content_of(one.study, one.now)
    before = content_of(one.study, one.before) if one.before is not None else None
    return compare(before, after, names=names_in(one.study, *filter(None, (before, after))))


@require_POST
def still_right(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    if not can(request.user, Action.SEE_LIBRARY):
        raise PermissionDenied
    page = page_for(request, pk)
    try:
        changes.still_right(page, by=request.user, study_version_id=version)
        messages.success(request, f"Closed: “{page}” stands as it is.")
    except Refused as refused:
        messages.warning(request, str(refused))
    return HttpResponseRedirect(reverse("admin:publishing_changed"), status=303)
