"""Draft rows of guides, articles and policies, from their texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from articles.models import (
    ActionSection,
    Article,
    CalloutSection,
    ChecklistSection,
    FaqSection,
    FigureSection,
    ListSection,
    StudySection,
    TextSection,
    Topic,
)
from stemsite.accounts.models import User
from stemsite.clinic.models import Person
from stemsite.publishing.models import Page
from studies.models import Condition, Intervention, Study

from .texts import Section, Text, split_intro, to_html, words

References = Mapping[str, int]


def make_page(text: Text, references: References, *, by: User, staff: Mapping[str, User]) -> Article:
    """The page in draft with its sections; its Version is the caller's to make."""
    named = text.named
    needs_review = named["kind"] != Article.Kind.PLAIN
    article = Article(
        title=named["title"],
        slug=named["slug"],
        summary=named["summary"],
        kind=named["kind"],
        subject=named.get("subject", ""),
        offers_subject=named.get("offers", ""),
        searched_on=timezone.localdate() if named["kind"] == Article.Kind.GUIDE else None,
        created_by=by,
        keeper=by,
        deputy=staff["publisher"],
        reviewer=staff["reviewer"] if needs_review else None,
        is_sample=True,
    )
    article.full_clean()
    article.save()
    if "author" in named:
        article.authors.add(Person.objects.get(user=staff[named["author"]]))
    article.conditions.set(Condition.objects.filter(slug__in=words(named.get("conditions", ""))))
    article.interventions.set(Intervention.objects.filter(slug__in=words(named.get("interventions", ""))))
    article.topics.set(Topic.objects.filter(slug__in=words(named.get("topics", ""))))
    article.related.set(Page.objects.filter(slug__in=words(named.get("related", "")), is_sample=True))
    for number, section in enumerate(text.sections, start=1):
        row = _SECTIONS[section.named.get("type", "text")](section, references)
        row.parent, row.region, row.ordering = article, "main", number * 10
        row.heading, row.role = section.heading, section.named.get("role", "")
        row.full_clean()
        row.save()
    return article


def _text(section: Section, references: References) -> Any:
    return TextSection(html=to_html(section.text, references))


def _list(section: Section, references: References) -> Any:
    intro, points = split_intro(section.text)
    return ListSection(intro=intro, html=to_html(points, references))


def _checklist(section: Section, references: References) -> Any:
    intro, points = split_intro(section.text)
    return ChecklistSection(intro=intro, html=to_html(points, references))


def _callout(section: Section, references: References) -> Any:
    return CalloutSection(tone=section.named["tone"], html=to_html(section.text, references))


def _faq(section: Section, references: References) -> Any:
    return FaqSection(html=to_html(section.text, references))


def _figure(section: Section, references: References) -> Any:
    return FigureSection(
        drawing=section.named["drawing"], alt=section.named["alt"], caption=section.named.get("caption", "")
    )


def _study(section: Section, references: References) -> Any:
    study = Study.objects.get(slug=section.named["study"])
    return StudySection(study=study, html=to_html(section.text, references))


def _action(section: Section, references: References) -> Any:
    return ActionSection(action=section.named["action"], html=to_html(section.text, references))


_SECTIONS: dict[str, Callable[[Section, References], Any]] = {
    "text": _text,
    "list": _list,
    "checklist": _checklist,
    "callout": _callout,
    "faq": _faq,
    "figure": _figure,
    "study": _study,
    "action": _action,
}
