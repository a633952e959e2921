"""The sitemap: live, indexable, canonical addresses; ``lastmod`` is the day of the last major change (SD-06).

One file while there are few pages, else an index of parts (https://www.sitemaps.org/protocol.html). A page stands in
the part of its id, so that a change of one part leaves the others as search engines have them.
"""

from __future__ import annotations

import datetime
from xml.sax.saxutils import escape

from django.db.models import Count, ExpressionWrapper, F, IntegerField, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import frame
from stemsite.publishing.models import Page, Use
from stemsite.publishing.reading import local_day
from stemsite.serving.middleware import depends_on

from . import glossary
from .models import Term

LISTS = ("/", "/conditions/", "/blog/", "/studies/", "/contact/", "/corrections/")
PART = 1_000
"""Ids to a part, and the pages up to which there are no parts; the protocol allows 50,000 addresses in a file."""


Entry = tuple[str, datetime.date | None]
"""Path, and the day of the last major change where there is one."""


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every address, or where its parts are."""
    parts = _parts()
    if sum(pages for pages, _ in parts.values()) <= PART:
        return _answer("urlset", "url", [*_lists(), *_pages(_listed())])
    return _answer("sitemapindex", "sitemap", [(_address(part), local_day(on)) for part, (_, on) in parts.items()])


@require_safe
def sitemap_part(request: HttpRequest, part: int) -> HttpResponse:
    """The addresses of one part; the first has the lists too. 404 for a part that no page stands in."""
    entries = _pages(_listed().filter(pk__gte=part * PART, pk__lt=(part + 1) * PART))
    if part == 0:
        entries = [*_lists(), *entries]
    if not entries or request.path_info != _address(part):
        raise Http404
    return _answer("urlset", "url", entries)


def _address(part: int) -> str:
    return f"/sitemap-{part}.xml"


def _listed() -> QuerySet[Page]:
    return Page.objects.addressed().filter(public_state=Page.PublicState.LIVE)


def _parts() -> dict[int, tuple[int, datetime.datetime | None]]:
    """Of each part, how many pages stand in it and when the last of them was updated."""
    part = ExpressionWrapper(F("pk") / PART, output_field=IntegerField())
    rows = _listed().values(part=part).annotate(pages=Count("pk"), on=Max("updated_at")).order_by("part")
    found: dict[int, tuple[int, datetime.datetime | None]] = {row["part"]: (row["pages"], row["on"]) for row in rows}
    return {0: (0, None), **found}


def _lists() -> list[Entry]:
    found: list[Entry] = [(path, None) for path in LISTS]
    if reviewed := Term.objects.public().aggregate(on=Max("live__reviewed_on"))["on"]:
        found.append(("/glossary/", reviewed))
    return found


def _pages(pages: QuerySet[Page]) -> list[Entry]:
    """Of each its address and, for guides with studies behind them, that of the table (PAGE-34)."""
    rows = pages.order_by("live_path").values_list("live_path", "updated_at")
    guides = pages.filter(
        live_kind="guide", live_path__startswith="/conditions/", live_version__uses__kind=Use.Kind.CONDITION
    )
    tables = guides.order_by("live_path").values_list("live_path", flat=True).distinct()
    return [
        *((str(path), local_day(updated)) for path, updated in rows),
        *((f"{path}evidence/", None) for path in tables),
    ]


def _answer(root: str, tag: str, entries: list[Entry]) -> HttpResponse:
    url = frame().url
    written = (
        f"<{tag}><loc>{escape(url + path)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{tag}>"
        for path, day in entries
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(written)}</{root}>\n'
    )
    response = HttpResponse(body, content_type="application/xml; charset=utf-8")
    return depends_on(response, "site", "list:articles", "list:studies", glossary.SHOWN)
