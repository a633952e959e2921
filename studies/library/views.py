"""The study library: a list that readers narrow, sort and take along."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import Frame, frame
from stemsite.publishing.models import Page
from stemsite.publishing.paging import paged
from stemsite.publishing.simple_page import SimplePage, simple_page
from stemsite.serving.middleware import depends_on

from ..content import study_content
from ..exporting import EXTENSIONS, NAMES, record_for
from ..exports import FORMATS, export
from ..models import Reference
from ..rendering import integrity_of, study_card
from .choices import PARAMETERS, Choice, is_clean, read
from .finding import MOST_FOUND, View, words_of
from .forms import LibraryForm
from .index import current
from .terms import Known
from .view import chosen, looser, sorts

MOST_EXPORTED = 500
MOST_STORED = 2
"""Views with more filters than these are made for their reader alone: there are too many of them to keep."""

LONGEST_TITLE = 90

KEYS = ("site", "list:studies", "library")


@require_safe
def study_list(request: HttpRequest) -> HttpResponse:
    """Live studies by what the reader chose; newest first, or the best match of their words."""
    site = frame()
    library = current()
    known = Known(library)
    choice = read(request.GET, knows=known.knows)
    if not is_clean(request.GET, choice):
        return HttpResponseRedirect(choice.address(request.path))
    view = View(library=library, choice=choice, words=words_of(choice))
    part, pages = paged(view.pages(), request.GET.get("page"), request.path, query=choice.query)
    shown = live(part.object_list)
    contents = [study_content(page.version_for_readers().content) for page in shown]
    sources = [found.primary.reference for found in contents if found.primary]
    standing = integrity_of(sources)
    narrowed = chosen(choice, request.path, known.names)
    form = LibraryForm(
        choice,
        counts=view.counts(),
        conditions=view.terms("condition"),
        treatments=view.terms("treatment"),
        years=known.years,
    )
    context = {
        "site": site,
        "page": _page(site, request.path, choice, pages.number, ", ".join(one.value for one in narrowed)),
        "form": form,
        "items": [study_card(page, standing=standing) for page in shown],
        "total": pages.total,
        "pages": pages,
        "choice": choice,
        "read_as": view.words.read_as,
        "capped": view.words.pages is not None and len(view.words.pages) == MOST_FOUND,
        "chosen": narrowed,
        "looser": looser(view, request.path, known.names) if not pages.total else (),
        "sorts": sorts(choice, request.path),
        "formats": _formats(choice) if 0 < pages.total <= MOST_EXPORTED else (),
        "most_exported": MOST_EXPORTED,
    }
    response = render(request, "studies/study_list.html", context)
    if choice.q or len(choice.filters) > MOST_STORED:
        response["Cache-Control"] = "no-store"
        return response
    keys = (f"reference:{pk}" for pk in sources)
    return depends_on(response, *KEYS, *keys, parameters=(*PARAMETERS, "page"))


@require_safe
def export_list(request: HttpRequest, extension: str) -> HttpResponse:
    """The primary papers of a view for a reference manager (PAGE-57)."""
    library = current()
    choice = read(request.GET, knows=Known(library).knows)
    if extension not in EXTENSIONS or not is_clean(request.GET, choice):
        raise Http404
    found = View(library=library, choice=choice, words=words_of(choice)).pages()
    if len(found) > MOST_EXPORTED:
        raise Http404
    contents = [study_content(page.version_for_readers().content) for page in live(found)]
    marks = {found.primary.reference: found.primary for found in contents if found.primary}
    if not marks:
        raise Http404
    references = Reference.objects.in_bulk(marks)
    format = EXTENSIONS[extension]
    return HttpResponse(
        export([record_for(mark, references.get(pk)) for pk, mark in marks.items()], format),
        content_type=f"{FORMATS[format]}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="studies.{extension}"',
            "X-Robots-Tag": "noindex",
            "Cache-Control": "no-store",
        },
    )


def live(ids: Iterable[int]) -> list[Page]:
    """The live studies with these ids, in their order; two queries."""
    wanted = list(ids)
    held = {page.pk: page for page in Page.objects.live().filter(pk__in=wanted)}
    return [held[pk] for pk in wanted if pk in held]


def _page(site: Frame, path: str, choice: Choice, number: int, said: str) -> SimplePage:
    plain = choice.is_plain
    title = f"Studies: {said}"[:LONGEST_TITLE] if said else "Studies"
    return simple_page(
        site,
        title=title if number == 1 else f"{title}, page {number}",
        path=path,
        description="Clinical studies in plain words: who took part, what was found, what went wrong.",
        trail=(("Home", "/"), ("Studies", "/studies/"), (said, "")) if said else None,
        canonical_query=f"?page={number}" if plain and number > 1 else "",
        noindex=not plain,
        follow=not plain,
        feeds=(("Studies", "/feeds/studies.xml"),),
    )


def _formats(choice: Choice) -> tuple[tuple[str, str], ...]:
    return tuple((name, choice.address(f"/studies/all.{extension}")) for extension, name in NAMES.items())
