"""What search and the library need to know about articles."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from html import escape
from typing import Any

from django.db.models import Q, QuerySet

from stemsite.publishing import finding
from stemsite.publishing.models import Page, Use
from stemsite.publishing.prose import text_of
from stemsite.search.index import Document
from stemsite.uses import RecordUse
from studies.uses import cited_in

from .content import AnySection, ArticleContent, Checklist, Faq, Figure, Points, article_content
from .entries import KIND_WORDS
from .freezing import texts_of
from .models import SECTION_MODELS, Article, FigureSection, StudySection


def document(pk: int) -> Document | None:
    """The searchable side of a live article."""
    page = Page.objects.live().filter(pk=pk, family=Article.FAMILY).first()
    if page is None:
        return None
    return document_of(page)


def document_of(page: Page) -> Document:
    found = article_content(page.version_for_readers().content)
    names = [name for condition in found.conditions for name in (condition.name, *condition.other_names)]
    names += [citation.doi for citation in found.citations] + [citation.pmid for citation in found.citations]
    return finding.document_of(page, found, kind=KIND_WORDS[found.kind], names=names, text=plain_text(found))


def plain_text(found: ArticleContent) -> str:
    """The words of ``found`` as readers meet them; every piece ends in a stop, so that sentences can be told apart."""
    pieces = [escape(found.summary), *(piece for section in found.sections for piece in _pieces(section))]
    return " ".join(piece if piece[-1] in ".!?" else f"{piece}." for piece in map(text_of, pieces) if piece)


def _pieces(section: AnySection) -> Iterator[str]:
    yield escape(section.heading)
    match section:
        case Points() | Checklist():
            yield escape(section.intro)
        case Figure():
            yield escape(section.caption)
        case Faq():
            yield from (escape(question.question) for question in section.questions)
    yield from texts_of([section])


_RELATIONS: dict[str, str] = {
    Use.Kind.PERSON: "authors__in",
    Use.Kind.CONDITION: "conditions__in",
    Use.Kind.INTERVENTION: "interventions__in",
    Use.Kind.TOPIC: "topics__in",
    Use.Kind.PAGE: "related__in",
}


def draft_uses(kind: str, ids: Sequence[int]) -> Iterator[RecordUse]:
    """Articles whose draft rows name these records, saved as a version or not (PUB-23, PUB-102)."""
    articles = Article.objects.filter(pk__in=_naming(kind, ids))
    for pk, title in articles.order_by("pk").values_list("pk", "title"):
        yield RecordUse(label=title, mark="draft", screen="admin:publishing_page", pk=pk)


def draft_places(kind: str) -> Iterator[tuple[int, Hashable]]:
    """Articles whose draft shows a picture, by every file the picture has had."""
    if kind == Use.Kind.PICTURE:
        rows = FigureSection.objects.exclude(picture__files=None).values_list("picture__files", "parent_id")
        yield from ((file, ("page", page)) for file, page in rows.distinct().order_by())


def _naming(kind: str, ids: Sequence[int]) -> set[int]:
    if relation := _RELATIONS.get(kind):
        return set(Article.objects.filter(**{relation: ids}).values_list("pk", flat=True))
    rows: list[QuerySet[Any]]
    match kind:
        case Use.Kind.STUDY:
            rows = [StudySection.objects.filter(study__in=ids)]
        case Use.Kind.PICTURE:
            rows = [FigureSection.objects.filter(Q(picture__files__in=ids) | Q(picture__current__in=ids))]
        case Use.Kind.REFERENCE:
            cites = cited_in("html", ids)
            rows = [model.objects.filter(cites) for model in SECTION_MODELS if model is not FigureSection]
        case _:
            rows = []
    return {pk for found in rows for pk in found.values_list("parent_id", flat=True)}
