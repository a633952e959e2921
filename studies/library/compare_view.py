"""The page on which studies stand side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import frame
from stemsite.publishing.models import Page
from stemsite.publishing.simple_page import simple_page

from ..content import study_content
from ..models import LibraryEntry, LibraryTerm, Study
from ..rendering import integrity_of
from .comparing import MOST, address, comparison
from .views import live

MOST_OFFERED = 8


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """The studies that were ticked or linked, in that order; kept nowhere, as there are too many such pages."""
    asked = list(dict.fromkeys(slug for slug in request.GET.getlist("study")[:20] if slug.isprintable()))
    pages = _named(asked)
    contents = [study_content(page.version_for_readers().content) for page in pages]
    standing = integrity_of(found.primary.reference for found in contents if found.primary)
    slugs = [found.slug for found in contents][:MOST]
    site = frame()
    context = {
        "site": site,
        "page": simple_page(
            site,
            title="Compare studies",
            path=request.path,
            description="Two to four studies side by side: how they were done, what was found, what went wrong.",
            trail=(("Home", "/"), ("Studies", "/studies/"), ("Compare studies", "")),
            noindex=True,
        ),
        "found": comparison(pages[:MOST], standing),
        "most": MOST,
        "too_many": len(pages) > MOST,
        "more": _others(pages, slugs) if 0 < len(slugs) < MOST else (),
    }
    response = render(request, "studies/compare.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _named(slugs: list[str]) -> list[Page]:
    """The live studies at these addresses, in their order."""
    paths = [f"/studies/{slug}/" for slug in slugs]
    rows = {page.live_path: page for page in Page.objects.live().filter(live_path__in=paths, family=Study.FAMILY)}
    return [rows[path] for path in paths if path in rows]


def _others(pages: list[Page], slugs: list[str]) -> tuple[tuple[str, str], ...]:
    """Other studies of the same conditions, the largest first: their titles, and the comparison with them."""
    ids = [page.pk for page in pages]
    about = LibraryTerm.objects.filter(entry__in=ids, kind=LibraryTerm.Kind.CONDITION).values("slug")
    same = LibraryTerm.objects.filter(kind=LibraryTerm.Kind.CONDITION, slug__in=about).values("entry")
    others = LibraryEntry.objects.filter(page__in=same).exclude(page__in=ids).order_by("-people", "-page")
    found = live(others.values_list("page", flat=True)[:MOST_OFFERED])
    contents = [study_content(page.version_for_readers().content) for page in found]
    return tuple((content.title, address([*slugs, content.slug])) for content in contents)
