"""Synthetic blog articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from django.db import transaction
from django.utils.text import slugify

from articles.content import ArticleContent
from articles.finding import document_of
from articles.freezing import freeze_article, freeze_sections
from articles.models import Article, TextSection, Topic
from stemsite.accounts.models import User
from stemsite.clinic.models import Person
from stemsite.publishing.models import Page
from stemsite.search import index

from .staff import person_of
from .synthetic import Numbers, announce, chance, child_row, draft_pages, go_live, in_batches, paragraphs

PATH = "/blog/"
HEADINGS = ("In short", "Step by step")


def add_articles(count: int, *, staff: Mapping[str, User]) -> None:
    numbers = Numbers(Article.FAMILY)
    writers = [person_of(staff["author"]), person_of(staff["editor"])]
    topics = list(Topic.objects.filter(is_sample=True).order_by("pk"))
    for size in in_batches(count):
        with transaction.atomic():
            _add(numbers.take(size), writers, topics, staff)
    announce("articles", count, by=staff["owner"])


def _add(numbers: Sequence[int], writers: list[Person], topics: list[Topic], staff: Mapping[str, User]) -> None:
    pages = draft_pages(Article.FAMILY, numbers, by=staff["author"])
    pairs = [(writers[number % len(writers)], topics[number // 2 % len(topics)]) for number in numbers]
    _rows(pages, pairs)
    sections = {page.pk: _sections(page, number) for page, number in zip(pages, numbers, strict=True)}
    TextSection.objects.bulk_create(row for rows in sections.values() for row in rows)
    patterns: dict[tuple[int, int], ArticleContent] = {}
    contents = []
    for page, (writer, topic) in zip(pages, pairs, strict=True):
        pair = writer.pk, topic.pk
        pattern = patterns.get(pair) or patterns.setdefault(pair, freeze_article(Article.objects.get(pk=page.pk)))
        contents.append(_content(pattern, page, sections[page.pk]))
    go_live(pages, contents, path=PATH, staff=staff)
    live = Page.objects.live().filter(pk__in=[page.pk for page in pages])
    index.add({page.pk: document_of(page) for page in live})


def _rows(pages: Sequence[Page], pairs: Sequence[tuple[Person, Topic]]) -> None:
    """The article side of the pages, with author and topic."""
    authorship, topic_link = Article.authors.through, Article.topics.through
    for page in pages:
        child_row(Article, page, kind=Article.Kind.ARTICLE)
    authorship.objects.bulk_create(
        authorship(article_id=page.pk, person_id=writer.pk) for page, (writer, _) in zip(pages, pairs, strict=True)
    )
    topic_link.objects.bulk_create(
        topic_link(article_id=page.pk, topic_id=topic.pk) for page, (_, topic) in zip(pages, pairs, strict=True)
    )


def _sections(page: Page, number: int) -> list[TextSection]:
    dice = chance(number, "article text")
    return [
        TextSection(
            parent_id=page.pk,
            region="main",
            ordering=position * 10,
            anchor=slugify(heading),
            heading=heading,
            html=paragraphs(dice, position + 1),
        )
        for position, heading in enumerate(HEADINGS, start=1)
    ]


def _content(pattern: ArticleContent, page: Page, sections: Sequence[TextSection]) -> ArticleContent:
    return msgspec.structs.replace(
        pattern, title=page.title, slug=page.slug, summary=page.summary, sections=freeze_sections(sections)
    )
