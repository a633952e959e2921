"""Draft rows of an article as frozen content, and content back into draft rows."""

from __future__ import annotations

import datetime
import itertools
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.text import slugify

from stemsite.images.models import PictureFile
from stemsite.publishing.content import Wording
from studies.freezing import (
    author_marks,
    citations_for,
    cited_ids,
    condition_mark,
    intervention_mark,
    needs_status_notice,
    notices,
)
from studies.models import Condition, Intervention

from . import content
from .models import (
    SECTION_MODELS,
    ActionSection,
    Article,
    CalloutSection,
    ChecklistSection,
    FaqSection,
    FigureSection,
    ListSection,
    SectionBase,
    StudySection,
    TextSection,
)

_ITEM = re.compile(r"<li>(.*?)</li>(?=\s*(?:<li>|</[uo]l>))", re.DOTALL)
_WRAPPED = re.compile(r"\A<p>((?:(?!<p>).)*)</p>\Z", re.DOTALL)
_OURS = re.compile(r"(?:ref|study)-\d+|cite-\d+-\d+")

RESERVED = frozenset({"main", "notice", "contents", "references", "how-we-made-this-page", "history", "related"})
"""Anchors that the page itself has, besides those of its citations and study cards."""

_QUESTION = re.compile(r"<h[34]>(.*?)</h[34]>", re.DOTALL)


def freeze_article(article: Article) -> content.ArticleContent:
    """``article`` as it stands in its draft rows; one query per kind of section and relation."""
    conditions = list(article.conditions.order_by("pk"))
    interventions = list(article.interventions.order_by("pk"))
    rows = section_rows(article)
    sections = freeze_sections(rows)
    return content.ArticleContent(
        schema=content.SCHEMA,
        title=article.title,
        slug=article.slug,
        summary=article.summary,
        kind=article.kind,
        subject=article.subject,
        offers_subject=article.offers_subject,
        authors=author_marks(article.authors.order_by("pk")),
        conditions=tuple(condition_mark(condition) for condition in conditions),
        interventions=tuple(intervention_mark(intervention) for intervention in interventions),
        topics=tuple(
            content.TopicMark(id=topic.pk, slug=topic.slug, name=topic.name) for topic in article.topics.order_by("pk")
        ),
        sections=sections,
        citations=citations_for(cited_ids(texts_of(sections))),
        notices=article_notices(article, conditions, interventions),
        pictures=tuple(
            dict.fromkeys(
                section.picture for section in sections if isinstance(section, content.Figure) and section.picture
            )
        ),
        searched_on=article.searched_on.isoformat() if article.searched_on else "",
        related=tuple(article.related.order_by("pk").values_list("pk", flat=True)),
    )


def section_rows(article: Article) -> list[SectionBase]:
    """All sections of the draft in their order: one query for each kind."""
    rows: list[SectionBase] = []
    for model in SECTION_MODELS:
        found = model.objects.filter(parent_id=article.pk)
        rows += found.select_related("picture") if model is FigureSection else found
    return sorted(rows, key=lambda row: (row.ordering, str(row.key)))


def freeze_sections(rows: Iterable[SectionBase]) -> tuple[content.AnySection, ...]:
    rows = list(rows)
    taken = {*RESERVED, *(row.anchor for row in rows)}
    return tuple(_FREEZERS[type(row)](row, _common(row, taken)) for row in rows)


def _common(row: SectionBase, taken: set[str]) -> dict[str, Any]:
    anchor = row.anchor or _free_anchor(row.heading, taken)
    taken.add(anchor)
    return {"key": str(row.key), "anchor": anchor, "role": row.role, "heading": row.heading}


def _free_anchor(heading: str, taken: set[str]) -> str:
    """The slug of ``heading``, numbered where another section of the page has it; empty without a heading."""
    slug = slugify(heading)[:70]
    if not slug:
        return ""
    candidates = itertools.chain([slug], (f"{slug}-{number}" for number in itertools.count(2)))
    return next(name for name in candidates if name not in taken and not _OURS.fullmatch(name))


def _text(row: TextSection, common: dict[str, Any]) -> content.Text:
    return content.Text(**common, html=row.html)


def _list(row: ListSection, common: dict[str, Any]) -> content.Points:
    return content.Points(**common, intro=row.intro, items=list_items(row.html), ordered="<ol>" in row.html)


def _callout(row: CalloutSection, common: dict[str, Any]) -> content.Callout:
    return content.Callout(**common, tone=row.tone, html=row.html)


def _study(row: StudySection, common: dict[str, Any]) -> content.StudyCard:
    return content.StudyCard(**common, study=row.study_id, html=row.html)


def _figure(row: FigureSection, common: dict[str, Any]) -> content.Figure:
    return content.Figure(
        **common,
        picture=row.picture.current_id if row.picture else None,
        drawing=row.drawing,
        alt=row.alt,
        decorative=row.decorative,
        caption=row.caption,
    )


def _faq(row: FaqSection, common: dict[str, Any]) -> content.Faq:
    parts = _QUESTION.split(row.html)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return content.Faq(
        **common,
        questions=tuple(
            content.Question(question=re.sub(r"<[^>]+>", "", question), html=answer.strip())
            for question, answer in pairs
        ),
    )


def _checklist(row: ChecklistSection, common: dict[str, Any]) -> content.Checklist:
    return content.Checklist(**common, intro=row.intro, items=list_items(row.html))


def _action(row: ActionSection, common: dict[str, Any]) -> content.CallToAction:
    return content.CallToAction(**common, action=row.action, html=row.html)


_FREEZERS: dict[type[Any], Callable[[Any, dict[str, Any]], content.AnySection]] = {
    TextSection: _text,
    ListSection: _list,
    CalloutSection: _callout,
    StudySection: _study,
    FigureSection: _figure,
    FaqSection: _faq,
    ChecklistSection: _checklist,
    ActionSection: _action,
}


def list_items(html: str) -> tuple[str, ...]:
    """The items of the one list in ``html``, each without the paragraph that the editor puts around it."""
    return tuple(_WRAPPED.sub(r"\1", item.strip()) for item in _ITEM.findall(html))


def texts_of(sections: Iterable[content.AnySection]) -> Iterable[str]:
    """Every rich text of ``sections`` in reading order."""
    for section in sections:
        match section:
            case content.Points(items=items) | content.Checklist(items=items):
                yield from items
            case content.Faq(questions=questions):
                yield from (question.html for question in questions)
            case content.Figure():
                continue
            case _:
                yield section.html


def article_notices(
    article: Article, conditions: Sequence[Condition], interventions: Sequence[Intervention]
) -> tuple[Wording, ...]:
    """The notices that follow from the page's data; nobody can leave one out (PUB-52)."""
    kinds: list[str] = []
    if needs_status_notice(interventions) or article.kind == Article.Kind.SERVICE:
        kinds.append("status")
    if article.offers_subject:
        kinds.append("conflict_yes" if article.offers_subject == Article.Offers.YES else "conflict_no")
    if article.kind in {Article.Kind.GUIDE, Article.Kind.ARTICLE}:
        kinds += ["support", "disclaimer"]
    return notices(kinds, conditions)


def restore_article(article: Article, frozen: content.ArticleContent) -> None:
    """Write ``frozen`` into the draft rows: fields, sections with their keys, authors (PUB-22)."""
    article.title, article.slug, article.summary = frozen.title, frozen.slug, frozen.summary
    article.kind, article.subject, article.offers_subject = frozen.kind, frozen.subject, frozen.offers_subject
    article.searched_on = datetime.date.fromisoformat(frozen.searched_on) if frozen.searched_on else None
    article.save()
    article.authors.set([author.person for author in frozen.authors])
    article.conditions.set([condition.id for condition in frozen.conditions])
    article.interventions.set([intervention.id for intervention in frozen.interventions])
    article.topics.set([topic.id for topic in frozen.topics])
    article.related.set(frozen.related)
    for model in SECTION_MODELS:
        model.objects.filter(parent_id=article.pk).delete()
    for ordering, section in enumerate(frozen.sections, start=1):
        _section_row(article, section, ordering * 10).save()


def _section_row(article: Article, section: content.AnySection, ordering: int) -> SectionBase:
    common = {
        "parent": article,
        "region": "main",
        "ordering": ordering,
        "key": uuid.UUID(section.key),
        "anchor": section.anchor,
        "role": section.role,
        "heading": section.heading,
    }
    match section:
        case content.Text():
            return TextSection(**common, html=section.html)
        case content.Points():
            return ListSection(**common, intro=section.intro, html=_list_html(section.items, ordered=section.ordered))
        case content.Callout():
            return CalloutSection(**common, tone=section.tone, html=section.html)
        case content.StudyCard():
            return StudySection(**common, study_id=section.study, html=section.html)
        case content.Figure():
            return _figure_row(common, section)
        case content.Faq():
            html = "".join(f"<h3>{question.question}</h3>{question.html}" for question in section.questions)
            return FaqSection(**common, html=html)
        case content.Checklist():
            return ChecklistSection(**common, intro=section.intro, html=_list_html(section.items))
        case content.CallToAction():
            return ActionSection(**common, action=section.action, html=section.html)


def _figure_row(common: dict[str, Any], section: content.Figure) -> FigureSection:
    picture = PictureFile.objects.filter(pk=section.picture).values_list("picture_id", flat=True).first()
    return FigureSection(
        **common,
        picture_id=picture,
        drawing=section.drawing,
        alt=section.alt,
        decorative=section.decorative,
        caption=section.caption,
    )


def _list_html(items: Iterable[str], *, ordered: bool = False) -> str:
    tag = "ol" if ordered else "ul"
    return f"<{tag}>{''.join(f'<li><p>{item}</p></li>' for item in items)}</{tag}>"


def settle_article(article: Article, frozen: content.ArticleContent) -> None:
    """Fix the anchors of sections that are now public (PUB-90)."""
    anchors = {section.key: section.anchor for section in frozen.sections if section.anchor}
    for model in SECTION_MODELS:
        for row in model.objects.filter(parent_id=article.pk, anchor=""):
            if anchor := anchors.get(str(row.key)):
                model.objects.filter(pk=row.pk).update(anchor=anchor)
