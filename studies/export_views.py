"""The sources of a live page for a reference manager: a page that offers them, and the files."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import frame
from stemsite.publishing.going_live import page_key
from stemsite.publishing.models import Page
from stemsite.publishing.simple_page import simple_page
from stemsite.serving.middleware import depends_on

from .exporting import EXTENSIONS, NAMES, named, sources_of
from .exports import FORMATS, export


@require_safe
def export_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Every source of one page with its formats, and the whole list at once."""
    page, site = _live(pk), frame()
    sources, keys = sources_of(page)
    title, about = "References to take along", page.version_for_readers().title
    view = simple_page(
        site,
        title=title,
        path=request.path,
        description=f"The sources of “{about}” for a reference manager: RIS, BibTeX or CSL-JSON.",
        trail=(("Home", "/"), (about, page.get_absolute_url()), (title, "")),
        noindex=True,
    )
    context = {
        "site": site,
        "page": view,
        "about": about,
        "back": page.get_absolute_url(),
        "pk": pk,
        "sources": [(one.mark.reference, mark_safe(one.mark.html), one.mark.short) for one in sources],
        "formats": list(NAMES.items()),
    }
    return depends_on(render(request, "studies/export.html", context), page_key(pk), "site", *keys)


@require_safe
def export_file(request: HttpRequest, pk: int, extension: str, reference: int | None = None) -> HttpResponse:
    """One source, or all of a page, as a file."""
    if extension not in EXTENSIONS:
        raise Http404
    page = _live(pk)
    sources, keys = sources_of(page)
    chosen = sources if reference is None else list(named(sources, reference))
    if not chosen:
        raise Http404
    format = EXTENSIONS[extension]
    name = f"{_slug(page)}-references" if reference is None else f"reference-{reference}"
    response = HttpResponse(
        export([one.record for one in chosen], format),
        content_type=f"{FORMATS[format]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.{extension}"', "X-Robots-Tag": "noindex"},
    )
    return depends_on(response, page_key(pk), *keys)


def _slug(page: Page) -> str:
    """The last part of the page's public address: letters, digits and hyphens only."""
    return str(page.live_path).strip("/").rpartition("/")[2] or "page"


def _live(pk: int) -> Page:
    pages = Page.objects.live().select_related("live_version").prefetch_related("live_version__sign_offs")
    return get_object_or_404(pages, pk=pk)
