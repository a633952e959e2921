"""A study's page."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import Frame, frame
from stemsite.publishing.link_picture import key_of, picture_of
from stemsite.publishing.models import Page, Version
from stemsite.publishing.reading import Past, Pending
from stemsite.publishing.withdrawn import gone, public_page
from stemsite.serving.middleware import depends_on

from .content import StudyContent, study_content
from .jsonld import study_graph
from .study_view import StudyView, study_view


@require_safe
def study(request: HttpRequest, slug: str) -> HttpResponse:
    page = public_page(request.path)
    site = frame()
    if response := gone(request, page, site):
        return response
    version = page.version_for_readers()
    found = study_content(version.content)
    social = picture_of(version, found, site.name)
    view = replace(_with_jsonld(study_view(page, version, found, site), site), social=social)
    response = render(request, "studies/study_page.html", {"page": view, "site": site})
    return depends_on(response, *view.keys, key_of(social), good_until=view.good_until)


def preview(
    request: HttpRequest, page: Page, version: Version, found: StudyContent, looked: Pending | Past
) -> HttpResponse:
    """What ``study`` would answer, were ``found`` published now (PUB-32), or what it answered then (PUB-29)."""
    site = frame()
    view = _with_jsonld(study_view(page, version, found, site, looked=looked), site)
    return render(request, "studies/study_page.html", {"page": view, "site": site})


def _with_jsonld(view: StudyView, site: Frame) -> StudyView:
    return replace(view, jsonld=study_graph(view, site))
