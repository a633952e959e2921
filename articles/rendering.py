"""A live page as templates want it: content, what is joined to it, numbered citations.

Everything comes from Versions and the joined record; the number of queries is the same whatever
the page holds.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from stemsite.clinic.frame import Frame
from stemsite.images.renditions import PictureSources, sources_for
from stemsite.images.social import Social
from stemsite.publishing.content import Citation, Statute, Wording
from stemsite.publishing.families import content_of
from stemsite.publishing.going_live import page_key
from stemsite.publishing.looking_back import pages_at
from stemsite.publishing.models import Page, Version
from stemsite.publishing.reading import (
    Byline,
    Change,
    Past,
    Pending,
    Withdrawn,
    byline,
    corrected_on,
    history,
    local_day,
    withdrawal,
)
from studies.asking import earliest
from studies.citing import Numbering
from studies.content import StudyContent, study_content
from studies.rendering import Integrity, ReferenceView, StudyCard, integrity_of, references_in, study_card, study_line

from . import content, glossary
from .content import ArticleContent
from .glossing import Glossing, needless, vocabulary
from .offers import packet_about
from .reviewing import reasons_for_review
from .tables import boxed

EMPTY = SafeString("")

TONES = {
    "emergency": "Emergency",
    "doctor": "See a doctor soon",
    "know": "Good to know",
    "do": "Do",
    "dont": "Do not",
}


ACTIONS = {
    "consultation": ("Ask for a consultation", "/consultation/"),
    "packet": ("Ask for the information packet", "/information-packet/"),
    "newsletter": ("Get the newsletter", "/newsletter/"),
    "blog": ("Read our articles", "/blog/"),
}
"""Button words and address of each call to action. A form is told which page asked by its number (PAGE-66)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    type: str
    key: str
    anchor: str
    role: str
    heading: str
    html: SafeString = EMPTY
    intro: str = ""
    items: tuple[SafeString, ...] = ()
    ordered: bool = False
    tone: str = ""
    tone_words: str = ""
    card: StudyCard | None = None
    picture: PictureSources | None = None
    drawing: str = ""
    alt: str = ""
    decorative: bool = False
    caption: str = ""
    questions: tuple[tuple[str, SafeString], ...] = ()
    action: str = ""
    action_words: str = ""
    notice: str = ""
    url: str = ""
    level: int = 3
    """Of a heading that is not in the contents; 2 before the first of those, so that no level is skipped."""

    @property
    def template(self) -> str:
        return f"articles/sections/{self.type}.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    pk: int
    kind: str
    title: str
    head_title: str
    summary: str
    description: str
    path: str
    canonical: str
    language: str
    noindex: bool
    preview: bool
    breadcrumb: tuple[tuple[str, str], ...]
    byline: Byline
    notice: Wording | None
    statutes: tuple[Statute, ...]
    after_statutes: str
    full_notice: Wording | None
    conflict: str
    support: str
    disclaimer: Wording | None
    key_points: SectionView | None
    sections: tuple[SectionView, ...]
    contents: tuple[tuple[str, str], ...]
    cards: tuple[StudyCard, ...]
    references: tuple[ReferenceView, ...]
    history: tuple[Change, ...]
    related: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, str], ...]
    searched_on: datetime.date | None
    version: str
    changed_on: datetime.date | None
    corrected_on: datetime.date | None
    withdrawn: Withdrawn | None
    modified: datetime.datetime | None
    og_type: str
    feeds: tuple[tuple[str, str], ...]
    content: ArticleContent
    studies: tuple[StudyContent, ...]
    has_terms: bool
    """Whether a word of it leads to the glossary."""
    keys: frozenset[str]
    good_until: datetime.datetime | None
    jsonld: SafeString = EMPTY
    social: Social | None = None
    looked_at: datetime.datetime | None = None
    """The moment that has gone of which staff look at the page."""

    @property
    def export_of(self) -> int | None:
        """The page whose sources readers can take along; none once it is withdrawn."""
        return None if self.withdrawn else self.pk

    @property
    def evidence_of(self) -> str:
        """The condition whose studies stand in a table of their own, for a condition guide that shows some of them."""
        stands = self.path.startswith("/conditions/") and self.kind == "guide" and self.cards and not self.withdrawn
        return self.content.conditions[0].spoken_name if stands and self.content.conditions else ""

    @property
    def evidence_url(self) -> str:
        return f"{self.path}evidence/" if self.evidence_of else ""

    @property
    def changes_url(self) -> str:
        """Of a guide whose readers were told a change of it."""
        told = self.kind == "guide" and len(self.history) > 1 and not self.withdrawn
        return f"{self.path}changes/" if told else ""


@dataclass(slots=True)
class Joined:
    """What a page is joined with, read once: shown studies, standing of sources, pictures, related pages."""

    studies: dict[int, Page]
    contents: dict[int, StudyContent]
    standing: dict[int, Integrity]
    pictures: dict[int, PictureSources]
    related: dict[int, Page]
    terms: Glossing
    page: int | None = None
    """The page itself."""
    keys: set[str] = field(default_factory=set)


def join(found: ArticleContent, at: datetime.datetime | None = None) -> Joined:
    """Everything ``found`` is shown with, now or ``at`` a moment; six queries."""
    wanted = {*found.studies, *found.related}
    rows = pages_at(wanted, at) if at else _published(wanted)
    studies = {pk: rows[pk] for pk in found.studies if pk in rows}
    contents = {pk: study_content(page.live_version.content) for pk, page in studies.items() if page.live_version}
    sources = {citation.reference for citation in found.citations} | {
        study.primary.reference for study in contents.values() if study.primary
    }
    keys = {page_key(pk) for pk in {*found.studies, *found.related}}
    keys |= {f"reference:{pk}" for pk in sources} | {f"picture:{pk}" for pk in found.pictures}
    return Joined(
        studies=studies,
        contents=contents,
        standing=integrity_of(sources, at=at),
        pictures=sources_for(found.pictures) if found.pictures else {},
        related={pk: rows[pk] for pk in found.related if pk in rows and rows[pk].is_live and rows[pk].has_address},
        terms=_terms(found),
        keys={*keys, glossary.NAMES},
    )


def _published(wanted: set[int]) -> dict[int, Page]:
    pages = Page.objects.filter(pk__in=wanted).exclude(live_version=None).select_related("live_version")
    return {page.pk: page for page in pages}


def _terms(found: ArticleContent) -> Glossing:
    """The terms to be linked; what the whole page is about it explains itself."""
    named = glossary.named()
    about = {name for mark in found.conditions for name in (mark.name, mark.short_name, *mark.other_names)}
    about |= {mark.name for mark in found.interventions}
    return Glossing(vocabulary(named), done=needless(named, about))


def article_view(
    page: Page, version: Version, found: ArticleContent, site: Frame, *, looked: Pending | Past | None = None
) -> ArticleView:
    """``found``, the content of ``version``, as readers get it; ``looked`` where it is previewed or looked back at."""
    preview = isinstance(looked, Pending)
    at = looked.at if isinstance(looked, Past) else None
    joined = join(found, at)
    joined.page = page.pk
    numbering = _numbering(found, joined)
    sections = _sections(found, joined, numbering)
    cards = tuple(section.card for section in sections if section.card and not section.card.withdrawn)
    references = _references(found, joined, numbering, at)
    changes = history(page, looked)
    line = byline(
        page,
        version,
        found.authors,
        grace_days=site.grace_days,
        needs_reviewer=bool(reasons_for_review(found)),
        at=at,
    )
    path = page.live_path or address(found)
    return ArticleView(
        pk=page.pk,
        kind=found.kind,
        title=found.title,
        head_title=site.titled(found.title),
        summary=found.summary,
        description=found.summary,
        path=path,
        canonical=f"{site.url}{path}",
        language=found.language,
        noindex=looked is not None or page.public_state == Page.PublicState.WITHDRAWN,
        preview=preview,
        breadcrumb=breadcrumb(found),
        byline=line,
        notice=found.status,
        statutes=found.laws,
        after_statutes=_words(found.notice("statute_after")),
        full_notice=found.notice("status_full"),
        conflict=_words(found.notice("conflict_no") or found.notice("conflict_yes")),
        support=_words(found.notice("support")),
        disclaimer=found.notice("disclaimer"),
        key_points=next((section for section in sections if section.role == "key points"), None),
        sections=tuple(section for section in sections if section.role != "key points"),
        contents=_contents(found, sections, references=bool(references), history=bool(changes)),
        cards=cards,
        references=references,
        history=changes,
        related=tuple(
            (content_of(other, other.version_for_readers()).title, other.live_path or "")
            for other in joined.related.values()
        ),
        topics=tuple((topic.name, f"/topics/{topic.slug}/") for topic in found.topics),
        searched_on=datetime.date.fromisoformat(found.searched_on) if found.searched_on else None,
        version=version.short,
        changed_on=local_day(page.updated_at),
        corrected_on=corrected_on(version),
        withdrawn=withdrawal(page),
        modified=page.updated_at,
        og_type="article" if found.kind in {"guide", "article"} else "website",
        feeds=(("Articles", "/feeds/articles.xml"),),
        content=found,
        studies=tuple(joined.contents.values()),
        has_terms=joined.terms.linked,
        keys=frozenset({page_key(page.pk), "site", *joined.keys, *line.keys}),
        good_until=earliest(None if line.overdue else line.overdue_from, *(one.holds_until for one in references)),
        looked_at=at,
    )


def _words(wording: Wording | None) -> str:
    return " ".join(filter(None, (wording.lead, wording.text))) if wording else ""


def _numbering(found: ArticleContent, joined: Joined) -> Numbering:
    labels = {citation.reference: citation.short for citation in found.citations}
    for study in joined.contents.values():
        if study.primary:
            people = f", {study.people} people" if study.people else ""
            labels[study.primary.reference] = f"{study.primary.short}{people}"
    return Numbering(known=frozenset(labels), label=labels.__getitem__)


def _references(
    found: ArticleContent, joined: Joined, numbering: Numbering, at: datetime.datetime | None
) -> tuple[ReferenceView, ...]:
    citations: dict[int, Citation] = {
        study.primary.reference: study.primary for study in joined.contents.values() if study.primary
    }
    citations |= {citation.reference: citation for citation in found.citations}
    numbered = sorted((number, pk) for pk, number in numbering.numbers.items())
    lines = {
        study.primary.reference: study_line(study, joined.standing.get(study.primary.reference))
        for study in joined.contents.values()
        if study.primary
    }
    return references_in(
        [(number, citations[pk], numbering.places.get(pk, [])) for number, pk in numbered],
        joined.standing,
        lines,
        at=at,
    )


HEADED = frozenset({"text", "list", "checklist", "faq", "figure"})
"""Kinds whose heading is an H2 of the page and stands in its contents; headings of the others are below it."""


def _sections(found: ArticleContent, joined: Joined, numbering: Numbering) -> tuple[SectionView, ...]:
    views: list[SectionView] = []
    level = 2
    for section in found.sections:
        if section.heading and section.__struct_config__.tag in HEADED:
            level = 3
        views.append(_section(section, found, joined, numbering, level))
    return tuple(views)


def _contents(
    found: ArticleContent, sections: Iterable[SectionView], *, references: bool, history: bool
) -> tuple[tuple[str, str], ...]:
    """Every H2 of the page, in its order (PAGE-05)."""
    own = tuple((section.anchor, section.heading) for section in sections if section.anchor and section.type in HEADED)
    ours = (
        ("about-the-notice", "More about this notice", found.notice("status_full") is not None),
        ("references", "References", references),
        ("how-we-made-this-page", "How we made this page", found.kind in {"guide", "article"}),
        ("history", "Change history", history),
    )
    return (*own, *((anchor, heading) for anchor, heading, stands in ours if stands))


def _section(
    section: content.AnySection, found: ArticleContent, joined: Joined, numbering: Numbering, level: int
) -> SectionView:
    shape = _SHAPES[type(section)](section, found, joined, numbering)
    return SectionView(
        type=str(section.__struct_config__.tag),
        key=section.key,
        anchor=section.anchor,
        role=section.role,
        heading=section.heading,
        level=level,
        **shape,
    )


def _marked(joined: Joined, numbering: Numbering, html: str) -> SafeString:
    return mark_safe(numbering.mark(joined.terms.link(html)))


def _text(section: content.Text, found: ArticleContent, joined: Joined, numbering: Numbering) -> dict[str, Any]:
    return {"html": mark_safe(boxed(_marked(joined, numbering, section.html), section.heading))}


def _points(section: content.Points, found: ArticleContent, joined: Joined, numbering: Numbering) -> dict[str, Any]:
    items = tuple(_marked(joined, numbering, item) for item in section.items)
    return {"intro": section.intro, "items": items, "ordered": section.ordered}


def _callout(section: content.Callout, found: ArticleContent, joined: Joined, numbering: Numbering) -> dict[str, Any]:
    return {"html": _marked(joined, numbering, section.html), "tone": section.tone, "tone_words": TONES[section.tone]}


def _study(section: content.StudyCard, found: ArticleContent, joined: Joined, numbering: Numbering) -> dict[str, Any]:
    html = _marked(joined, numbering, section.html)
    page = joined.studies.get(section.study)
    if page is None:
        return {"html": html}
    study = joined.contents[section.study]
    anchor = f"study-{page.pk}"
    number = numbering.cite(study.primary.reference, anchor) if study.primary else None
    card = study_card(page, standing=joined.standing, number=number, anchor=anchor)
    return {"html": html, "card": card}


def _figure(section: content.Figure, found: ArticleContent, joined: Joined, numbering: Numbering) -> dict[str, Any]:
    return {
        "picture": joined.pictures.get(section.picture) if section.picture else None,
        "drawing": f"drawings/{section.drawing}.svg" if section.drawing else "",
        "alt": section.alt,
        "decorative": section.decorative,
        "caption": section.caption,
    }


def _faq(section: content.Faq, found: ArticleContent, joined: Joined, numbering: Numbering) -> dict[str, Any]:
    return {
        "html": _marked(joined, numbering, section.html),
        "questions": tuple(
            (question.question, _marked(joined, numbering, question.html)) for question in section.questions
        ),
    }


def _checklist(
    section: content.Checklist, found: ArticleContent, joined: Joined, numbering: Numbering
) -> dict[str, Any]:
    return {"intro": section.intro, "items": tuple(_marked(joined, numbering, item) for item in section.items)}


def _action(
    section: content.CallToAction, found: ArticleContent, joined: Joined, numbering: Numbering
) -> dict[str, Any]:
    notice = found.status
    words, url = ACTIONS[section.action]
    if section.action == "packet" and found.kind == "guide":
        about, keys = packet_about(found.slug)
        words = f"Get the packet about {about}" if about else words
        joined.keys |= keys
    return {
        "html": _marked(joined, numbering, section.html),
        "action": section.action,
        "action_words": words,
        "notice": notice.lead if notice and section.action != "blog" else "",
        "url": f"{url}?of={joined.page}" if joined.page and section.action != "blog" else url,
    }


_SHAPES: dict[type[Any], Callable[[Any, ArticleContent, Joined, Numbering], dict[str, Any]]] = {
    content.Text: _text,
    content.Points: _points,
    content.Callout: _callout,
    content.StudyCard: _study,
    content.Figure: _figure,
    content.Faq: _faq,
    content.Checklist: _checklist,
    content.CallToAction: _action,
}


def address(found: ArticleContent) -> str:
    """The public address that follows from kind, subject and slug."""
    if found.kind == "guide":
        return f"/therapies/{found.slug}/" if found.subject == "therapy" else f"/conditions/{found.slug}/"
    return f"/blog/{found.slug}/" if found.kind == "article" else f"/{found.slug}/"


def breadcrumb(found: ArticleContent) -> tuple[tuple[str, str], ...]:
    parents = {
        "guide": ("Therapies", "/therapies/") if found.subject == "therapy" else ("Conditions", "/conditions/"),
        "article": ("Articles", "/blog/"),
    }
    parent = parents.get(found.kind)
    return (("Home", "/"), *((parent,) if parent else ()), (found.title, ""))
