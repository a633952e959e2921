"""Where a form was asked for: the page that links to it says so by its number, never by a word of health (PAGE-66)."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import QuerySet

from articles.content import article_content
from articles.models import Article
from stemsite.publishing.going_live import page_key
from stemsite.publishing.models import Page

from .packets.choosing import subject_of

PARAMETER = "of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A live page; the empty place is none in particular."""

    path: str = ""
    version: str = ""
    title: str = ""
    guide: str = ""
    """The slug, where it is a condition guide."""
    subject: str = ""
    """What the packet is about that is offered there, in a word: “ALS”; empty where there is none."""
    keys: frozenset[str] = field(default_factory=frozenset)

    @property
    def carried(self) -> dict[str, str]:
        return {"page": self.path, "page_version": self.version, "placement": "link"} if self.path else {}


def place_of(number: str) -> Place | None:
    """The live page with this number; none where there is no such page."""
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    return _place(Page.objects.filter(pk=int(number)))


def place_at(path: str) -> Place:
    """The live page at ``path``, as a form sent it along."""
    return (_place(Page.objects.filter(live_path=path)) if path else None) or Place()


def _place(pages: QuerySet[Page]) -> Place | None:
    page = pages.filter(public_state=Page.PublicState.LIVE).select_related("live_version").first()
    if page is None or page.live_version is None:
        return None
    found = article_content(page.live_version.content) if page.family == "article" else None
    is_guide = found is not None and found.kind == "guide"
    return Place(
        path=page.live_path or "",
        version=page.live_version.short,
        title=page.live_version.title,
        guide=found.slug if found is not None and is_guide else "",
        subject=subject_of(found.slug) if found is not None and is_guide else "",
        keys=frozenset({page_key(page.pk)}),
    )


def guide_choices() -> tuple[tuple[str, str], ...]:
    """The condition guides that are live, for the optional question of the packet form."""
    guides = Article.objects.live().filter(live_version__content__kind="guide").select_related("live_version")
    found = [article_content(guide.version_for_readers().content) for guide in guides]
    return tuple(sorted((guide.slug, guide.title) for guide in found if guide.subject == "condition"))
