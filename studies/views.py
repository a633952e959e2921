"""The study library and a study's page."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import Frame, frame
from stemsite.publishing.models import Page, Version
from stemsite.publishing.paging import paged
from stemsite.publishing.reading import Pending
from stemsite.publishing.simple_page import simple_page
from stemsite.publishing.withdrawn import gone, public_page
from stemsite.serving.middleware import depends_on

from .content import StudyContent, study_content
from .jsonld import study_graph
from .models import Study
from .rendering import integrity_of, study_card
from .study_view import StudyView, study_view


@require_safe
def study(request: HttpRequest, slug: str) -> HttpResponse:
    page = public_page(request.path)
    site = frame()
    if response := gone(request, page, site):
        return response
    version = page.version_for_readers()
    view = _with_jsonld(study_view(page, version, study_content(version.content), site), site)
    response = render(request, "studies/study_page.html", {"page": view, "site": site})
    return depends_on(response, *view.keys, good_until=view.good_until)


def preview(request: HttpRequest, page: Page, version: Version, found: StudyContent, pending: Pending) -> HttpResponse:
    """What ``study`` would answer, were ``found`` published now (PUB-32)."""
    site = frame()
    view = _with_jsonld(study_view(page, version, found, site, pending=pending), site)
    return render(request, "studies/study_page.html", {"page": view, "site": site})


def _with_jsonld(view: StudyView, site: Frame) -> StudyView:
    return replace(view, jsonld=study_graph(view, site))


@require_safe
def study_list(request: HttpRequest) -> HttpResponse:
    """All live studies, newest first."""
    site = frame()
    rows = Page.objects.live().filter(family=Study.FAMILY).order_by("-live_version__content__year", "pk")
    part, pages = paged(rows, request.GET.get("page"), request.path)
    contents = [study_content(page.version_for_readers().content) for page in part.object_list]
    standing = integrity_of(found.primary.reference for found in contents if found.primary)
    title = "Studies" if pages.number == 1 else f"Studies, page {pages.number}"
    view = simple_page(
        site,
        title=title,
        path=request.path,
        description="Clinical studies in plain words: who took part, what was found, what went wrong.",
        canonical_query=f"?page={pages.number}" if pages.number > 1 else "",
        feeds=(("Studies", "/feeds/studies.xml"),),
    )
    count = pages.total
    context = {
        "site": site,
        "page": view,
        "items": [study_card(page, standing=standing) for page in part.object_list],
        "count_words": f"{count} {'study' if count == 1 else 'studies'}",
        "pages": pages,
    }
    sources = (f"reference:{found.primary.reference}" for found in contents if found.primary)
    response = render(request, "studies/study_list.html", context)
    return depends_on(response, "site", "list:studies", *sources, parameters=("page",))
