"""Draft rows of an article as frozen content, and content back into draft rows."""

from __future__ import annotations

import datetime
import html as htmllib
import itertools
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.utils.text import slugify
from msgspec import UNSET

from stemsite.images.models import Picture, PictureFile
from stemsite.publishing.choosing import choose_again
from stemsite.publishing.content import Statute, Wording, one_of
from stemsite.publishing.drafts import Draft, Stored
from stemsite.publishing.models import Transition, Version
from stemsite.publishing.wordings import older_wordings
from studies.freezing import (
    CITE,
    author_marks,
    citations_for,
    cited_ids,
    condition_mark,
    intervention_mark,
    needs_status_notice,
    notices,
    status_kinds,
    statutes,
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

_BLOCK = re.compile(r"<(/?)(p|ul|ol|h3|h4|table)>")
_LIST_ITEM = re.compile(r"<(/?)(li)>")
_TAG = re.compile(r"<[^>]+>")
_OURS = re.compile(r"(?:ref|study)-\d+|cite-\d+-\d+")

RESERVED = frozenset(
    {"main", "notice", "about-the-notice", "contents", "references", "how-we-made-this-page", "history", "related"}
)
"""Anchors that the page itself has, besides those of its citations and study cards."""

_QUESTION = re.compile(r"<h[34]>(.*?)</h[34]>", re.DOTALL)


def freeze_article(article: Article, draft: Draft | None = None) -> content.ArticleContent:
    """``article`` as it stands in ``draft``, its stored rows by default; one query per kind of section and relation."""
    draft = draft or Stored(article)
    conditions = draft.chosen("conditions")
    interventions = draft.chosen("interventions")
    sections = freeze_sections(section_rows(draft))
    sold = article.offers_subject == Article.Offers.YES and needs_status_notice(interventions)
    laws = statutes(conditions, sold=sold)
    return content.ArticleContent(
        schema=content.SCHEMA,
        title=article.title,
        slug=article.slug,
        summary=article.summary,
        kind=one_of(article.kind, content.Kind),
        subject=one_of(article.subject, content.Subject),
        offers_subject=one_of(article.offers_subject, content.Offers),
        authors=author_marks(draft.chosen("authors")),
        conditions=tuple(condition_mark(condition) for condition in conditions),
        interventions=tuple(intervention_mark(intervention) for intervention in interventions),
        topics=tuple(
            content.TopicMark(id=topic.pk, slug=topic.slug, name=topic.name) for topic in draft.chosen("topics")
        ),
        sections=sections,
        citations=citations_for(cited_ids(texts_of(sections))),
        notices=article_notices(article, conditions, interventions, laws),
        statutes=laws or UNSET,
        pictures=tuple(
            dict.fromkeys(
                section.picture for section in sections if isinstance(section, content.Figure) and section.picture
            )
        ),
        searched_on=article.searched_on.isoformat() if article.searched_on else "",
        related=tuple(page.pk for page in draft.chosen("related")),
    )


def section_rows(draft: Draft) -> list[SectionBase]:
    """All sections of the draft in their order: one query for each kind."""
    rows: list[SectionBase] = []
    for model in SECTION_MODELS:
        rows += draft.rows(model, *(("picture",) if model is FigureSection else ()))
    return sorted(rows, key=lambda row: (row.ordering, str(row.key)))


def freeze_sections(rows: Sequence[SectionBase]) -> tuple[content.AnySection, ...]:
    taken = {*RESERVED, *(row.anchor for row in rows)}
    return tuple(_FREEZERS[type(row)](row, _common(row, taken)) for row in rows)


def _common(row: SectionBase, taken: set[str]) -> dict[str, Any]:
    anchor = row.anchor or _free_anchor(row.heading, taken)
    taken.add(anchor)
    role = one_of(row.role, content.Role)
    return {"key": str(row.key), "anchor": anchor, "role": role, "heading": row.heading}


def _free_anchor(heading: str, taken: set[str]) -> str:
    """The slug of ``heading``, numbered where another section of the page has it; empty without a heading."""
    if not heading.strip():
        return ""
    slug = slugify(heading)[:70] or "section"
    candidates = itertools.chain([slug], (f"{slug}-{number}" for number in itertools.count(2)))
    return next(name for name in candidates if name not in taken and not _OURS.fullmatch(name))


def _text(row: TextSection, common: dict[str, Any]) -> content.Text:
    return content.Text(**common, html=row.html)


def _list(row: ListSection, common: dict[str, Any]) -> content.Points:
    return content.Points(**common, intro=row.intro, items=list_items(row.html), ordered=is_ordered(row.html))


def _callout(row: CalloutSection, common: dict[str, Any]) -> content.Callout:
    return content.Callout(**common, tone=one_of(row.tone, content.Tone), html=row.html)


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
    before, *parts = _QUESTION.split(row.html)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return content.Faq(**common, html=before.strip(), questions=tuple(_question(*pair) for pair in pairs))


def _question(heading: str, answer: str) -> content.Question:
    """A question in plain words; a source cited in it is cited at the end of the answer's first paragraph."""
    cited = "".join(match[0] for match in CITE.finditer(heading))
    words = " ".join(htmllib.unescape(_TAG.sub("", heading)).split())
    return content.Question(question=words, html=answer.strip().replace("</p>", f"{cited}</p>", 1))


def _checklist(row: ChecklistSection, common: dict[str, Any]) -> content.Checklist:
    return content.Checklist(**common, intro=row.intro, items=list_items(row.html))


def _action(row: ActionSection, common: dict[str, Any]) -> content.CallToAction:
    return content.CallToAction(**common, action=one_of(row.action, content.Action), html=row.html)


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
    """The items of the list in ``html``, each without the paragraph that the editor puts around it.

    Lists inside an item stay in it. What stands outside the list is an item of its own, so that nothing typed is lost.
    """
    items: list[str] = []
    for tag, inner in _elements(html, _BLOCK):
        if tag in {"ul", "ol"}:
            items += [_unwrapped(item) for _, item in _elements(inner, _LIST_ITEM)]
        else:
            items.append(f"<{tag}>{inner}</{tag}>" if tag not in {"", "p"} else inner)
    return tuple(item for item in items if item.strip())


def is_ordered(html: str) -> bool:
    """Whether the first list in ``html`` is numbered."""
    return next((tag == "ol" for tag, _ in _elements(html, _BLOCK) if tag in {"ul", "ol"}), False)


def _unwrapped(item: str) -> str:
    parts = list(_elements(item, _BLOCK))
    return parts[0][1] if len(parts) == 1 and parts[0][0] == "p" else item.strip()


def _elements(html: str, tags: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """The outermost elements of cleaned ``html`` whose tags match: name and inside; loose text has no name."""
    depth = begin = end = 0
    for tag in tags.finditer(html):
        if not tag[1]:
            if depth == 0:
                if loose := html[end : tag.start()].strip():
                    yield "", loose
                begin = tag.end()
            depth += 1
        elif depth and (depth := depth - 1) == 0:
            yield tag[2], html[begin : tag.start()].strip()
            end = tag.end()
    if depth == 0 and (loose := html[end:].strip()):
        yield "", loose


def texts_of(sections: Iterable[content.AnySection]) -> Iterable[str]:
    """Every rich text of ``sections`` in reading order."""
    for section in sections:
        match section:
            case content.Points(items=items) | content.Checklist(items=items):
                yield from items
            case content.Faq(html=html, questions=questions):
                yield html
                yield from (question.html for question in questions)
            case content.Figure():
                continue
            case _:
                yield section.html


def article_notices(
    article: Article,
    conditions: Sequence[Condition],
    interventions: Sequence[Intervention],
    laws: Sequence[Statute],
) -> tuple[Wording, ...]:
    """The notices that follow from the page's data; nobody can leave one out (PUB-52)."""
    kinds = notice_kinds(
        unapproved=needs_status_notice(interventions),
        kind=article.kind,
        subject=article.subject,
        offers=article.offers_subject,
        lawful=bool(laws),
    )
    return notices(kinds, conditions, article.kept_wordings)


def notice_kinds(*, unapproved: bool, kind: str, subject: str, offers: str, lawful: bool) -> tuple[str, ...]:
    """The notices an article must carry; when it is frozen, and once more when it is about to go live."""
    kinds: list[str] = []
    if unapproved or kind == Article.Kind.SERVICE:
        kinds += status_kinds(unapproved=True, lawful=lawful)
        if kind == Article.Kind.SERVICE or subject == Article.Subject.THERAPY:
            kinds.append("status_full")
    if offers:
        kinds.append("conflict_yes" if offers == Article.Offers.YES else "conflict_no")
    if kind in {Article.Kind.GUIDE, Article.Kind.ARTICLE}:
        kinds += ["support", "disclaimer"]
    return tuple(kinds)


def restore_article(article: Article, frozen: content.ArticleContent) -> None:
    """Write ``frozen`` into the draft rows: fields, sections with their keys, authors (PUB-22)."""
    article.title, article.slug, article.summary = frozen.title, frozen.slug, frozen.summary
    article.kind, article.subject, article.offers_subject = frozen.kind, frozen.subject, frozen.offers_subject
    article.searched_on = datetime.date.fromisoformat(frozen.searched_on) if frozen.searched_on else None
    article.kept_wordings = older_wordings(frozen.notices)
    article.save()
    choose_again(article, "authors", (author.person for author in frozen.authors))
    choose_again(article, "conditions", (condition.id for condition in frozen.conditions))
    choose_again(article, "interventions", (mark.id for mark in frozen.interventions))
    choose_again(article, "topics", (topic.id for topic in frozen.topics))
    choose_again(article, "related", frozen.related)
    for model in SECTION_MODELS:
        model.objects.filter(parent_id=article.pk).delete()
    anchors = _kept_anchors(article, frozen.sections)
    for ordering, section in enumerate(frozen.sections, start=1):
        _section_row(article, section, ordering * 10, anchor=anchors[section.key]).save()


def _kept_anchors(article: Article, sections: Iterable[content.AnySection]) -> dict[str, str]:
    """The anchor each section keeps: the one readers know it by, else the frozen one if it is still free (PUB-90)."""
    public = _public_anchors(article)
    kept: dict[str, str] = {}
    for section in sections:
        anchor = public.get(section.key) or ("" if section.anchor in public.values() else section.anchor)
        kept[section.key] = "" if anchor in kept.values() else anchor
    return kept


def _public_anchors(article: Article) -> dict[str, str]:
    """The anchor of every section that was ever published."""
    published = Version.objects.filter(transitions__page_id=article.pk, transitions__verb__in=Transition.PUBLICATIONS)
    stored = published.order_by("number").values_list("content", flat=True)
    return {
        section.key: section.anchor
        for values in stored.iterator(chunk_size=50)
        for section in content.article_content(values).sections
        if section.anchor
    }


def _section_row(article: Article, section: content.AnySection, ordering: int, *, anchor: str) -> SectionBase:
    common = {
        "parent": article,
        "region": "main",
        "ordering": ordering,
        "key": uuid.UUID(section.key),
        "anchor": anchor,
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
            pairs = (f"<h3>{htmllib.escape(item.question)}</h3>{item.html}" for item in section.questions)
            return FaqSection(**common, html="".join((section.html, *pairs)))
        case content.Checklist():
            return ChecklistSection(**common, intro=section.intro, html=_list_html(section.items))
        case content.CallToAction():
            return ActionSection(**common, action=section.action, html=section.html)


def _figure_row(common: dict[str, Any], section: content.Figure) -> FigureSection:
    return FigureSection(
        **common,
        picture=_picture_of(section.picture) if section.picture else None,
        drawing=section.drawing,
        alt=section.alt,
        decorative=section.decorative,
        caption=section.caption,
    )


def _picture_of(file_id: int) -> Picture | None:
    """The picture that shows exactly this file; one replaced since comes back as a picture of its own."""
    file = PictureFile.objects.select_related("picture").filter(pk=file_id).first()
    if file is None or file.picture.current_id == file.pk:
        return file.picture if file else None
    earlier = Picture.objects.filter(current=file).first()
    return earlier or Picture.objects.create(
        name=f"{file.picture.name[:140]} (earlier picture)",
        credit=file.picture.credit,
        current=file,
        is_sample=file.picture.is_sample,
    )


def _list_html(items: Iterable[str], *, ordered: bool = False) -> str:
    tag = "ol" if ordered else "ul"
    rows = (f"<li>{item}</li>" if _BLOCK.search(item) else f"<li><p>{item}</p></li>" for item in items)
    return f"<{tag}>{''.join(rows)}</{tag}>"


def settle_article(article: Article, frozen: content.ArticleContent) -> None:
    """Fix the anchors of sections that are now public (PUB-90)."""
    anchors = {section.key: section.anchor for section in frozen.sections if section.anchor}
    for model in SECTION_MODELS:
        for row in model.objects.filter(parent_id=article.pk, anchor=""):
            if anchor := anchors.get(str(row.key)):
                model.objects.filter(pk=row.pk).update(anchor=anchor)
