"""The typed shape of a frozen article, and the way from older schema numbers to today's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from stemsite.publishing.content import Content, Frozen, Upgrade, load

SCHEMA = 1

Role = Literal[
    "",
    "key points",
    "what it is",
    "symptoms",
    "treatments",
    "research",
    "unknowns",
    "harms",
    "costs",
    "questions",
    "help",
    "next steps",
]
"""What a guide's section is about (PUB-90); empty for a free section."""

GUIDE_ORDER: tuple[Role, ...] = (
    "key points",
    "what it is",
    "symptoms",
    "treatments",
    "research",
    "unknowns",
    "harms",
    "costs",
    "questions",
    "help",
    "next steps",
)


Kind = Literal["guide", "article", "service", "plain"]
Subject = Literal["condition", "therapy", ""]
Offers = Literal["yes", "no", ""]
Tone = Literal["emergency", "doctor", "know", "do", "dont"]
Action = Literal["consultation", "packet", "newsletter", "blog"]


class Section(Frozen, frozen=True, kw_only=True, tag_field="type"):
    """One section: ``key`` is its identity, ``anchor`` its address on the page, fixed once published."""

    key: str
    anchor: str = ""
    role: Role = ""
    heading: str = ""


class Text(Section, frozen=True, kw_only=True, tag="text"):
    html: str


class Points(Section, frozen=True, kw_only=True, tag="list"):
    intro: str = ""
    items: tuple[str, ...]
    ordered: bool = False


class Callout(Section, frozen=True, kw_only=True, tag="callout"):
    tone: Tone
    html: str


class StudyCard(Section, frozen=True, kw_only=True, tag="study"):
    study: int
    """The page id of a study; its live version is joined at render."""
    html: str = ""
    """What this page adds about the study."""


class Figure(Section, frozen=True, kw_only=True, tag="figure"):
    picture: int | None = None
    """A picture file, or none when the figure is drawn."""
    drawing: str = ""
    alt: str = ""
    decorative: bool = False
    caption: str = ""


class Question(Frozen, frozen=True, kw_only=True):
    question: str
    html: str


class Faq(Section, frozen=True, kw_only=True, tag="faq"):
    html: str = ""
    """What stands before the first question."""
    questions: tuple[Question, ...]


class Checklist(Section, frozen=True, kw_only=True, tag="checklist"):
    intro: str = ""
    items: tuple[str, ...]


class CallToAction(Section, frozen=True, kw_only=True, tag="action"):
    action: Action
    html: str = ""


AnySection = Text | Points | Callout | StudyCard | Figure | Faq | Checklist | CallToAction


class TopicMark(Frozen, frozen=True, kw_only=True):
    id: int
    slug: str
    name: str


class ArticleContent(Content, frozen=True, kw_only=True):
    kind: Kind
    subject: Subject = ""
    """What a guide is about; decides its address."""
    offers_subject: Offers = ""
    """Whether the clinic sells what the page is about (TR-08)."""
    topics: tuple[TopicMark, ...] = ()
    sections: tuple[AnySection, ...] = ()
    searched_on: str = ""
    """The day the evidence was last searched, ISO 8601."""
    related: tuple[int, ...] = ()
    """Page ids, chosen by staff; their live versions are joined at render."""

    @property
    def is_sold(self) -> bool:
        return self.offers_subject == "yes"

    @property
    def studies(self) -> tuple[int, ...]:
        return tuple(section.study for section in self.sections if isinstance(section, StudyCard))


UPGRADES: Mapping[int, Upgrade] = {}


def article_content(stored: Mapping[str, Any]) -> ArticleContent:
    return load(stored, ArticleContent, UPGRADES)
