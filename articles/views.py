"""Public pages. Each view names what its answer depends on, so that it can be stored."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import Frame, frame
from stemsite.counts.tally import tally
from stemsite.publishing.link_picture import key_of, picture_of
from stemsite.publishing.models import Page, Redirect, Version
from stemsite.publishing.paging import paged
from stemsite.publishing.reading import Past, Pending
from stemsite.publishing.simple_page import simple_page
from stemsite.publishing.withdrawn import gone, public_page
from stemsite.serving.middleware import depends_on
from studies.models import Study

from . import people
from .content import ArticleContent, article_content
from .entries import entries
from .forms import SearchForm
from .frame import HOME
from .jsonld import article_graph
from .listing import live_articles, live_on_topic
from .models import Article, Topic
from .models.home import home_sections
from .rendering import ArticleView, article_view

NEWEST = 5


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """A guide, article, service or plain page, found by its live address."""
    page = public_page(request.path)
    site = frame()
    if response := gone(request, page, site):
        return response
    version = page.version_for_readers()
    view = with_jsonld(article_view(page, version, article_content(version.content), site), site)
    social = picture_of(version, view.content, site.name)
    view = replace(view, social=social)
    response = render(request, "articles/article_page.html", {"page": view, "site": site})
    return depends_on(response, *view.keys, key_of(social), good_until=view.good_until)


def preview(
    request: HttpRequest, page: Page, version: Version, found: ArticleContent, looked: Pending | Past
) -> HttpResponse:
    """What ``article`` would answer, were ``found`` published now (PUB-32), or what it answered then (PUB-29)."""
    site = frame()
    view = with_jsonld(article_view(page, version, found, site, looked=looked), site)
    return render(request, "articles/article_page.html", {"page": view, "site": site})


def with_jsonld(view: ArticleView, site: Frame) -> ArticleView:
    return replace(view, jsonld=article_graph(view, site))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    site = frame()
    context = {
        "site": site,
        "page": simple_page(
            site, title=site.statement or "Home", path="/", description=site.statement, trail=(), feeds=FEEDS
        ),
        "guides": entries(guides("condition")),
        "therapies": entries(guides("therapy")),
        "newest": entries(live_articles("article")[:NEWEST]),
        "form": SearchForm(),
        "sections": home_sections(),
        "changes": people.recent_changes()[:3],
        "study_count": Study.objects.filter(public_state=Page.PublicState.LIVE).count(),
    }
    return depends_on(render(request, "articles/home.html", context), *HOME_SHOWS)


CHANGES = (("Corrections", "/feeds/corrections.xml"),)
FEEDS = (("Articles", "/feeds/articles.xml"), *CHANGES)
HOME_SHOWS = ("site", HOME, "list:guide", "list:article", "list:articles", "list:studies")


def guides(subject: str) -> QuerySet[Article]:
    return live_articles("guide").filter(live_version__content__subject=subject)


@require_safe
def guide_list(request: HttpRequest, subject: str) -> HttpResponse:
    """All condition guides, or all therapy guides."""
    site = frame()
    heading = "Therapies" if subject == "therapy" else "Conditions"
    intro = (
        "What is known about each therapy, what is not, and what is not approved."
        if subject == "therapy"
        else "Guides to conditions: care today, what research is looking at, and what we do not know."
    )
    context = {
        "site": site,
        "page": simple_page(site, title=heading, path=request.path, description=intro),
        "heading": heading,
        "intro": intro,
        "items": entries(guides(subject)),
    }
    return depends_on(render(request, "articles/guide_list.html", context), "site", "list:guide")


@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    """The blog index, newest first."""
    return _list(
        request,
        rows=live_articles("article"),
        heading="Articles",
        intro="Plain help with reading studies, asking questions and weighing promises.",
        keys=("list:article",),
        feed="/feeds/articles.xml",
    )


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic's articles; a topic without any is not public (PAGE-26)."""
    found = Topic.objects.filter(slug=slug).first()
    if found is None or not (rows := live_on_topic(found)).exists():
        raise Http404
    return _list(
        request,
        rows=rows,
        heading=found.name,
        intro=found.introduction,
        keys=(f"topic:{slug}",),
        feed=f"/feeds/topics/{slug}.xml",
    )


def _list(
    request: HttpRequest, *, rows: QuerySet[Article], heading: str, intro: str, keys: tuple[str, ...], feed: str
) -> HttpResponse:
    site = frame()
    part, pages = paged(rows, request.GET.get("page"), request.path)
    title = heading if pages.number == 1 else f"{heading}, page {pages.number}"
    view = simple_page(
        site,
        title=title,
        path=request.path,
        description=intro or heading,
        canonical_query=f"?page={pages.number}" if pages.number > 1 else "",
        feeds=((heading, feed),),
    )
    context = {"site": site, "page": view, "heading": heading, "intro": intro, "items": entries(part.object_list)}
    context |= {"pages": pages, "feed_url": feed}
    return depends_on(render(request, "articles/article_list.html", context), "site", *keys, parameters=("page",))


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """A public profile with the pages written and reviewed."""
    site = frame()
    found = people.profile(slug)
    view = simple_page(site, title=found.name, path=request.path, description=found.description, kind="ProfilePage")
    view = replace(view, jsonld=people.profile_graph(found, view.canonical, site))
    context = {"site": site, "page": view, "person": found}
    return depends_on(render(request, "articles/person.html", context), "site", *found.keys)


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    site = frame()
    view = simple_page(site, title="Contact", path="/contact/", description=f"How to reach {site.name}.")
    return depends_on(render(request, "articles/contact.html", {"site": site, "page": view}), "site")


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """What was changed and why, newest first: notes of major changes of live pages."""
    site = frame()
    view = simple_page(
        site, title="Corrections", path="/corrections/", description="What we changed, and why.", feeds=CHANGES
    )
    context = {"site": site, "page": view, "items": people.recent_changes()}
    return depends_on(render(request, "articles/corrections.html", context), "site", "list:articles", "list:studies")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    site = frame()
    lines = (
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /accounts/",
        "Allow: /",
        f"Sitemap: {site.url}/sitemap.xml",
        "",
    )
    return depends_on(HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8"), "site")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 with help, or 301 in one hop where the address was public once, keeping the query (PAGE-47)."""
    if request.method in {"GET", "HEAD"} and not request.path.startswith("/admin/"):
        moved = Redirect.objects.select_related("page").filter(from_path=request.path).first()
        if moved and (target := moved.final_target()) and target != request.path:
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(f"{target}?{query}" if query else target)
    if request.method == "GET":
        tally.absent(request.path, request.headers.get("user-agent", ""), request.headers.get("sec-purpose", ""))
    site = frame()
    view = simple_page(site, title="Page not found", path=request.path, description="Page not found.", noindex=True)
    context = {"page": view, "site": site, "guides": entries(guides("condition")), "form": SearchForm()}
    return HttpResponse(render_to_string("404.html", context), status=404)
