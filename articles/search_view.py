"""Search: what readers look for by words, names and identifiers, the best matches of every kind (PAGE-41)."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import frame
from stemsite.counts.tally import tally
from stemsite.publishing.paging import PER_PAGE, paged
from stemsite.publishing.simple_page import simple_page
from stemsite.search.finding import Found, Hit, find
from stemsite.search.queries import wishes

from . import glossary, people
from .entries import KIND_WORDS, entries
from .forms import drawn
from .narrowing import choices, narrowing
from .suggesting import suggested
from .views import guides

PEOPLE = "People"
TERMS = "Glossary"
GROUPS = (*KIND_WORDS.values(), "Study")
"""Kinds of pages in the order they are shown; people and terms stand before them."""
MOST_PAGES = 25
"""Beyond so many parts other words help more than turning on."""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search by a GET form; never stored, never indexed; words are counted only as far as many look for the same."""
    site = frame()
    query = request.GET.get("q", "")[:200].replace("\x00", "").strip()
    kind = request.GET.get("kind", "")[:20].replace("\x00", "")
    narrowed = narrowing(request.GET)
    marks = narrowed.marks
    asked_for = wishes(query)
    persons = people.found(asked_for) if not marks else ()
    terms = glossary.found(asked_for) if not marks else ()
    number = request.GET.get("page")
    wanted = partial(
        find, asked_for, marks=marks, limit=PER_PAGE, start=_start(number), as_typed=bool(persons or terms)
    )
    found = wanted(kind=kind)
    numbers = {name: len(rows) for name, rows in ((PEOPLE, persons), (TERMS, terms)) if rows} | found.numbers
    if kind and kind not in numbers:
        kind, found = "", wanted()
    total = numbers.get(kind, 0) if kind else found.total
    listed = range(0 if kind in {PEOPLE, TERMS} else min(total, PER_PAGE * MOST_PAGES))
    asked = {**narrowed.values, **({"q": query} if query else {})}
    here = urlencode({**asked, **({"kind": kind} if kind else {})})
    is_first = not kind and not marks and number is None
    shown_first = suggested(query) if is_first else ()
    _, pages = paged(listed, number, request.path, query=here, per_page=PER_PAGE)
    if pages.number == 1 and not marks:
        tally.searched(query, found=bool(numbers))
    context = {
        "site": site,
        "page": simple_page(site, title="Search", path="/search/", description="Search this site.", noindex=True),
        "form": drawn(query, choices=choices(), chosen=narrowed.values),
        "query": query,
        "narrowed": narrowed.words,
        "of_everything": _address({"q": query}),
        "kind": kind,
        "kinds": [(name, number, _address({**asked, "kind": name})) for name, number in numbers.items()],
        "of_all_kinds": _address(asked),
        "total": sum(numbers.values()),
        "read_as": found.read_as,
        "people": persons if kind in {"", PEOPLE} and pages.number == 1 else (),
        "terms": terms if kind in {"", TERMS} and pages.number == 1 else (),
        "suggested": shown_first,
        "groups": _groups(found, kind, besides={one.pk for one in shown_first}),
        "pages": pages,
        "guides": entries(guides("condition")) if not numbers else (),
    }
    response = render(request, "articles/search.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _start(number: str | None) -> int:
    """Where a part begins; what is no number is answered as ``paged`` does."""
    whole = number is not None and number.isascii() and number.isdigit() and len(number) < 4
    return max(0, int(number or 1) - 1) * PER_PAGE if whole else 0


def _groups(found: Found, kind: str, *, besides: Collection[int]) -> list[tuple[str, list[Hit]]]:
    """Hits under their kinds, ``besides`` those shown already."""
    if kind in {PEOPLE, TERMS}:
        return []
    groups: dict[str, list[Hit]] = {}
    for hit in found.hits:
        if hit.page not in besides:
            groups.setdefault(hit.kind, []).append(hit)
    order = sorted(groups, key=lambda name: GROUPS.index(name) if name in GROUPS else len(GROUPS))
    return [(name, groups[name]) for name in order]


def _address(asked: dict[str, str]) -> str:
    return f"/search/?{urlencode(sorted(asked.items()))}"
