"""Atom feeds: ids survive slug changes, dates move with major changes only (PAGE-67, PUB-87)."""

from __future__ import annotations

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from stemsite.clinic.frame import Frame, frame
from stemsite.publishing.models import Page
from stemsite.serving.middleware import depends_on
from studies.models import Study

from .entries import Entry, entry
from .listing import live_articles, live_on_topic
from .models import Article, Topic
from .people import Noted, recent_changes

NEWEST = 50


class PageFeed(Feed):  # type: ignore[type-arg]
    """Live pages as Atom entries."""

    feed_type = Atom1Feed

    def __init__(self, site: Frame, heading: str, path: str, rows: list[Page], own_path: str) -> None:
        self.site, self.heading, self.path, self.rows, self.own_path = site, heading, path, rows, own_path

    def title(self) -> str:
        return f"{self.heading} | {self.site.name}"

    def link(self) -> str:
        return f"{self.site.url}{self.path}"

    def feed_url(self) -> str:
        return f"{self.site.url}{self.own_path}"

    def feed_guid(self) -> str:
        return self.feed_url()

    def items(self) -> list[tuple[Page, Entry]]:
        return [(page, entry(page)) for page in self.rows]

    def item_title(self, item: tuple[Page, Entry]) -> str:
        return item[1].title

    def item_description(self, item: tuple[Page, Entry]) -> str:
        found = item[1]
        reviewed = f"Medically reviewed by {found.reviewer}." if found.reviewer else ""
        status = f"{found.status}." if found.status else ""
        return " ".join(filter(None, (found.summary, status, reviewed)))

    def item_link(self, item: tuple[Page, Entry]) -> str:
        return f"{self.site.url}{item[1].url}"

    def item_guid(self, item: tuple[Page, Entry]) -> str:
        return f"urn:uuid:{item[0].uid}"

    def item_author_name(self, item: tuple[Page, Entry]) -> str:
        return item[1].author or self.site.name

    def item_pubdate(self, item: tuple[Page, Entry]) -> object:
        return item[0].first_published_at

    def item_updateddate(self, item: tuple[Page, Entry]) -> object:
        return item[0].updated_at


class ChangeFeed(Feed):  # type: ignore[type-arg]
    """What was changed on live pages and why; an entry never moves, because a change is made once."""

    feed_type = Atom1Feed

    def __init__(self, site: Frame, changes: tuple[Noted, ...]) -> None:
        self.site, self.changes = site, changes

    def title(self) -> str:
        return f"Corrections | {self.site.name}"

    def link(self) -> str:
        return f"{self.site.url}/corrections/"

    def feed_url(self) -> str:
        return f"{self.site.url}/feeds/corrections.xml"

    def feed_guid(self) -> str:
        return self.feed_url()

    def items(self) -> tuple[Noted, ...]:
        return self.changes

    def item_title(self, item: Noted) -> str:
        return item.title

    def item_description(self, item: Noted) -> str:
        return item.note

    def item_link(self, item: Noted) -> str:
        return f"{self.site.url}{item.url}"

    def item_guid(self, item: Noted) -> str:
        return f"{self.site.url}/corrections/#change-{item.pk}"

    def item_author_name(self, item: Noted) -> str:
        return self.site.name

    def item_pubdate(self, item: Noted) -> object:
        return item.at

    def item_updateddate(self, item: Noted) -> object:
        return item.at


def _feed(
    request: HttpRequest, heading: str, path: str, rows: QuerySet[Article] | QuerySet[Page], *keys: str
) -> HttpResponse:
    return _answer(request, PageFeed(frame(), heading, path, list(rows[:NEWEST]), request.path), *keys)


def _answer(request: HttpRequest, feed: PageFeed | ChangeFeed, *keys: str) -> HttpResponse:
    response = feed(request)
    response.headers.pop("Last-Modified", None)
    return depends_on(response, "site", *keys)


@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    return _feed(request, "Articles", "/blog/", live_articles("article"), "list:article")


@require_safe
def studies(request: HttpRequest) -> HttpResponse:
    rows = Page.objects.live().filter(family=Study.FAMILY).order_by("-updated_at", "-pk")
    return _feed(request, "Studies", "/studies/", rows, "list:studies")


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    return _answer(request, ChangeFeed(frame(), recent_changes()), "list:articles", "list:studies")


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = Topic.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    rows = live_on_topic(found)
    if not rows.exists():
        raise Http404
    return _feed(request, found.name, f"/topics/{slug}/", rows, f"topic:{slug}")
