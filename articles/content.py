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


class Section(Frozen, kw_only=True, tag_field="type"):
    """One section: ``key`` is its identity, ``anchor`` its address on the page, fixed once published."""

    key: str
    anchor: str = ""
    role: Role = ""
    heading: str = ""


class Text(Section, kw_only=True, tag="text"):
    html: str


class Points(Section, kw_only=True, tag="list"):
    intro: str = ""
    items: tuple[str, ...]
    ordered: bool = False


class Callout(Section, kw_only=True, tag="callout"):
    tone: Literal["emergency", "doctor", "know", "do", "dont"]
    html: str


class StudyCard(Section, kw_only=True, tag="study"):
    study: int
    """The page id of a study; its live version is joined at render."""
    html: str = ""
    """What this page adds about the study."""


class Figure(Section, kw_only=True, tag="figure"):
    picture: int | None = None
    """A picture file, or none when the figure is drawn."""
    drawing: str = ""
    alt: str = ""
    decorative: bool = False
    caption: str = ""


class Question(Frozen, kw_only=True):
    question: str
    html: str


class Faq(Section, kw_only=True, tag="faq"):
    questions: tuple[Question, ...]


class Checklist(Section, kw_only=True, tag="checklist"):
    intro: str = ""
    items: tuple[str, ...]


class CallToAction(Section, kw_only=True, tag="action"):
    action: Literal["consultation", "packet", "newsletter", "blog"]
    html: str = ""


AnySection = Text | Points | Callout | StudyCard | Figure | Faq | Checklist | CallToAction


class TopicMark(Frozen, kw_only=True):
    id: int
    slug: str
    name: str


class ArticleContent(Content, kw_only=True):
    kind: Literal["guide", "article", "service", "plain"]
    subject: Literal["condition", "therapy", ""] = ""
    """What a guide is about; decides its address."""
    offers_subject: Literal["yes", "no", ""] = ""
    """Whether the clinic sells what the page is about (TR-08)."""
    topics: tuple[TopicMark, ...] = ()
    sections: tuple[AnySection, ...] = ()
    searched_on: str = ""
    """The day the evidence was last searched, ISO 8601."""
    related: tuple[int, ...] = ()
    """Page ids, chosen by staff; their live versions are joined at render."""

    @property
    def studies(self) -> tuple[int, ...]:
        return tuple(section.study for section in self.sections if isinstance(section, StudyCard))


UPGRADES: Mapping[int, Upgrade] = {}


def article_content(stored: Mapping[str, Any]) -> ArticleContent:
    return load(stored, ArticleContent, UPGRADES)
