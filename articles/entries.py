"""Live pages as lists show them: title, summary, people and days."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from stemsite.publishing.families import content_of
from stemsite.publishing.models import Page
from stemsite.publishing.reading import local_day, signature

from .content import ArticleContent

KIND_WORDS = {"guide": "Guide", "article": "Article", "service": "Our services", "plain": "About this site"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A live page in a list."""

    pk: int
    title: str
    url: str
    summary: str
    kind_words: str
    author: str
    reviewer: str
    reviewed_on: datetime.date | None
    updated_on: datetime.date | None
    status: str


def entry(page: Page) -> Entry:
    """``page`` in a list, from its live version alone."""
    version = page.version_for_readers()
    found = content_of(page, version)
    signed = signature(version)
    kind = KIND_WORDS[found.kind] if isinstance(found, ArticleContent) else "Study"
    return Entry(
        pk=page.pk,
        title=found.title,
        url=page.live_path or "",
        summary=found.summary,
        kind_words=kind,
        author=found.authors[0].name if found.authors else "",
        reviewer=f"{signed.name}, {signed.credentials}" if signed else "",
        reviewed_on=signed.reviewed_on if signed else None,
        updated_on=local_day(page.updated_at),
        status=found.status_words,
    )


def entries(pages: Iterable[Page]) -> tuple[Entry, ...]:
    return tuple(entry(page) for page in pages)
