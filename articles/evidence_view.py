"""The evidence behind a condition guide: a table of every study, and what they add up to (PAGE-34 to 36)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import frame
from stemsite.publishing.going_live import page_key
from stemsite.publishing.models import Page, Use
from stemsite.publishing.paging import paged
from stemsite.publishing.reading import local_day
from stemsite.publishing.simple_page import simple_page
from stemsite.publishing.withdrawn import public_page
from stemsite.serving.middleware import depends_on
from studies.library import table
from studies.library.index import Index, current
from studies.library.marks import sign
from studies.library.timeline import Timeline, timeline
from studies.library.views import live
from studies.models import Study
from studies.rendering import integrity_of, withdrawal_words

from .below import page_above
from .content import ArticleContent, article_content

PER_PAGE = 100
MOST_IN_FILE = 2_000
MOST_WITHDRAWN = 20
KEYS = ("site", "list:studies", "library")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """The live guide whose studies are shown."""

    page: Page
    content: ArticleContent

    @property
    def name(self) -> str:
        """The condition as one says it."""
        return self.content.conditions[0].spoken_name

    @property
    def conditions(self) -> list[int]:
        return [condition.id for condition in self.content.conditions]


@require_safe
def evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """Every study on the guide's conditions, the surest first."""
    site = frame()
    path = f"/conditions/{slug}/"
    page = page_above(request, path, "evidence/", site)
    if isinstance(page, HttpResponse):
        return page
    guide = _guide(page)
    sort = request.GET.get("sort", "")
    sort = sort if sort in table.SORTS else ""
    library = current()
    about = library.about(guide.conditions)
    query = f"sort={sort}" if sort else ""
    found = library.in_order(about, table.SORTS[sort])
    part, pages = paged(found, request.GET.get("page"), request.path, query=query, per_page=PER_PAGE)
    shown = live(part.object_list)
    sources = [primary for pk in part.object_list if (primary := library.primary(pk))]
    rows = table.rows(shown, integrity_of(sources))
    title = f"{guide.name}: the evidence"
    part_words = f", page {pages.number}" if pages.number > 1 else ""
    context = {
        "site": site,
        "page": simple_page(
            site,
            title=f"{title}{part_words}",
            path=request.path,
            description=f"Every study of {guide.name} on this site: how it was done, what was found, what went wrong.",
            trail=(("Home", "/"), ("Conditions", "/conditions/"), (guide.content.title, path), ("The evidence", "")),
            canonical_query=f"?page={pages.number}" if pages.number > 1 and not sort else "",
            noindex=bool(sort),
            follow=bool(sort),
        ),
        "guide": guide,
        "heading": title,
        "rows": rows,
        "totals": table.totals(library, about),
        "reviews": _reviews(library, about),
        "searched_on": _day(guide.content.searched_on),
        "changed_on": max((day for study in shown if (day := local_day(study.updated_at))), default=None),
        "sort": table.SORTS[sort],
        "drawn": _drawing(timeline(rows)),
        "pages": pages,
        "withdrawn": _withdrawn(guide),
    }
    keys = (page_key(page.pk), *KEYS, *(f"reference:{pk}" for pk in sources))
    return depends_on(render(request, "articles/evidence.html", context), *keys, parameters=("page", "sort"))


@require_safe
def evidence_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The table as CSV (EVD-67)."""
    site = frame()
    page = public_page(f"/conditions/{slug}/")
    if not page.is_live:
        raise Http404
    library = current()
    found = library.in_order(library.about(_guide(page).conditions), table.SORTS[""])[:MOST_IN_FILE]
    sources = [primary for pk in found if (primary := library.primary(pk))]
    rows = table.rows(live(found), integrity_of(sources))
    response = HttpResponse(
        table.as_csv(rows, site.url),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slug}-evidence.csv"', "X-Robots-Tag": "noindex"},
    )
    return depends_on(response, page_key(page.pk), *KEYS, *(f"reference:{pk}" for pk in sources))


def _guide(page: Page) -> Guide:
    found = article_content(page.version_for_readers().content)
    if found.kind != "guide" or not found.conditions:
        raise Http404
    return Guide(page=page, content=found)


def _reviews(library: Index, about: int) -> tuple[tuple[str, str], ...]:
    """Systematic reviews of the condition whose papers stand: titles and addresses."""
    stands = library.valued.get("standing", {}).get("none", 0)
    reviews = about & stands & library.valued.get("design", {}).get(Study.Design.REVIEW.value, 0)
    pages = live(library.in_order(reviews, "year")[:5])
    return tuple((page.version_for_readers().title, page.get_absolute_url()) for page in pages)


def _withdrawn(guide: Guide) -> tuple[tuple[str, str], ...]:
    """Studies whose summary we withdrew: a dated notice where they stood (PAGE-06, PUB-12)."""
    about = Use.objects.filter(kind=Use.Kind.CONDITION, object_id__in=guide.conditions).values("version_id")
    pages = Page.objects.filter(public_state=Page.PublicState.WITHDRAWN, family=Study.FAMILY, live_version__in=about)
    found = pages.select_related("live_version").order_by("-withdrawn_at")[:MOST_WITHDRAWN]
    return tuple((page.version_for_readers().title, withdrawal_words(page)) for page in found)


def _day(iso: str) -> datetime.date | None:
    return datetime.date.fromisoformat(iso) if iso else None


def _drawing(found: Timeline | None) -> dict[str, object] | None:
    """The drawing and its legend, which names only what is drawn."""
    if found is None:
        return None
    return {"svg": mark_safe(found.svg), "legend": tuple(_legend(found)), "undated": found.undated}


def _legend(found: Timeline) -> list[tuple[SafeString, str]]:
    words = {
        "one group": "One group, or not compared",
        "compared": "Compared with others, not by chance",
        "by chance": "Groups formed by chance",
    }
    said = [(sign(kind), words[kind]) for kind in found.kinds]
    if found.hollow:
        said.append((sign("one group", hollow=True), "Hollow: no published results"))
    if found.struck:
        said.append((sign("one group", struck=True), "Struck through: withdrawn by the journal"))
    return [(mark_safe(drawn), words) for drawn, words in said]
