"""The digest: a draft of what is new on the site since the last issue, for a person to edit and approve (LEAD-82)."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from articles.content import ArticleContent
from stemsite.publishing.families import content_of
from stemsite.publishing.models import Page

from ..models import IssueCard, IssueRun, NewsletterIssue
from . import workflow
from .composing import FAMILIES

MOST_CARDS = 12
SUBJECT = "What is new on our site"
INTRODUCTION = "<p>Dear reader,</p><p>here is what we published and updated since our last letter.</p>"


def news_since(moment: datetime.datetime) -> list[Page]:
    """Articles and studies published or changed in substance since ``moment``, grouped by topic, newest first."""
    rows = Page.objects.live().filter(family__in=FAMILIES, updated_at__gt=moment).order_by("-updated_at", "-pk")
    found = [page for page in rows[: MOST_CARDS * 3] if _is_news(page)][:MOST_CARDS]
    topics = {page.pk: _topic(page) for page in found}
    order = list(dict.fromkeys(topics.values()))
    return sorted(found, key=lambda page: order.index(topics[page.pk]))


def _is_news(page: Page) -> bool:
    """Policies and pages about us are no news."""
    content = content_of(page, page.version_for_readers())
    return not isinstance(content, ArticleContent) or content.kind in {"guide", "article"}


def _topic(page: Page) -> str:
    content = content_of(page, page.version_for_readers())
    topics = content.topics if isinstance(content, ArticleContent) else ()
    return topics[0].name if topics else ""


def last_letter() -> datetime.datetime:
    """When the last issue began to go out; before the first one, one interval ago."""
    newest = IssueRun.objects.filter(sent__gt=0).order_by("-starts_at").first()
    return newest.starts_at if newest else timezone.now() - interval()


def interval() -> datetime.timedelta:
    return datetime.timedelta(days=settings.NEWSLETTER_DIGEST_DAYS or 30)


@transaction.atomic
def draft_digest(*, by: Any = None) -> NewsletterIssue | None:
    """A draft with a card for each; none where nothing is new."""
    pages = news_since(last_letter())
    if not pages:
        return None
    issue = NewsletterIssue.objects.create(subject=SUBJECT, introduction=INTRODUCTION, created_by=by)
    cards = [
        IssueCard(issue=issue, page_id=page.pk, version=page.live_version, ordering=place * 10)
        for place, page in enumerate(pages, start=1)
    ]
    IssueCard.objects.bulk_create(cards)
    workflow.made(issue, by=by)
    return issue


def draft_when_due() -> int:
    """Once an interval, unless an issue was begun meanwhile; ``NEWSLETTER_DIGEST_DAYS=0`` leaves it to staff."""
    if not settings.NEWSLETTER_DIGEST_DAYS:
        return 0
    if NewsletterIssue.objects.filter(created_at__gt=timezone.now() - interval()).exists():
        return 0
    return int(draft_digest() is not None)
