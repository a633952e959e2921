"""The screen of how readers find a page: its look elsewhere, what leads to it, and what could (PUB-37)."""

from __future__ import annotations

from django.contrib.admin import site
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from stemsite.access import Action, can
from stemsite.clinic.frame import frame
from stemsite.images.social import draw

from ..elsewhere import elsewhere
from ..families import content_of
from ..leading import could_lead_here, could_lead_on, ways_to
from ..link_picture import picture_of
from ..models import Page, Version
from ..offering import version_in_question
from .finding_pages import change_url, page_for


@require_safe
def found_by_readers(request: HttpRequest, pk: int) -> HttpResponse:
    page, version = _saved(request, pk)
    content = content_of(page, version)
    known = ways_to(page)
    context = {
        **site.each_context(request),
        "title": "How readers find it",
        "subtitle": page.title,
        "page": page,
        "version": version,
        "shown": elsewhere(page, version, content, frame()),
        "ways": known,
        "could_lead_here": could_lead_here(page, content, known),
        "could_lead_on": could_lead_on(page, content),
        "change_url": change_url(page),
        "may_edit": can(request.user, Action.EDIT, page) and not page.is_trashed,
    }
    return render(request, "admin/publishing/elsewhere.html", context)


@require_safe
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture that will go with a link to the page, drawn for this look alone."""
    page, version = _saved(request, pk)
    drawn = draw(picture_of(version, content_of(page, version), frame().name))
    response = HttpResponse(drawn, content_type="image/png")
    patch_cache_control(response, private=True, no_store=True)
    return response


def _saved(request: HttpRequest, pk: int) -> tuple[Page, Version]:
    """The page and its version in question; 404 where nothing is saved, or readers need no way to it."""
    page = page_for(request, pk)
    version = version_in_question(page)
    if version is None or not page.has_address:
        raise Http404
    return page, version
