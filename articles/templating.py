"""Beginning a page from a template: its sections in their order, empty, each with what belongs into it (PUB-16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from stemsite.publishing import workflow

from .checks import REQUIRED_ROLES
from .content import GUIDE_ORDER, Role
from .models import Article, ListSection, SectionBase, TextSection

HELP: Mapping[Role, str] = {
    "key points": "Two or three full sentences to keep if one reads nothing else, the main limit among them.",
    "what it is": "What it is in plain words, whom it meets and how it goes on. Explain each medical word.",
    "symptoms": "What people notice first and later, and when to call a doctor at once.",
    "treatments": "What is approved and used today, by whom, and what it can and cannot do. Cite a guideline.",
    "research": "What is being tried, in how many people, compared with what. Show each study as a study summary.",
    "unknowns": "What nobody knows yet: whether it works, for whom, how long. Say it as plainly as what is known.",
    "harms": "Deaths and serious harms in the studies with their numbers; say where they were not reported.",
    "costs": "What it costs in all, what is paid in advance, and whether an insurer pays.",
    "questions": "Questions a reader can take to their own doctor, one in each point.",
    "help": "Organizations and telephone numbers that help, with who runs them.",
    "next steps": "What to do next, the own doctor first. A call to action comes after the questions, never before.",
}

_AS_LIST: frozenset[Role] = frozenset({"questions"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    slug: str
    name: str
    about: str
    kind: str
    subject: str = ""
    roles: tuple[Role, ...]

    @property
    def required(self) -> frozenset[Role]:
        """Those without which such a page cannot go live."""
        return frozenset(REQUIRED_ROLES[self.subject]) if self.subject else frozenset()

    def parts(self) -> list[tuple[str, str, bool]]:
        """Heading, help and whether it is required, for each section."""
        labels = dict(SectionBase.Role.choices)
        return [(labels[role], HELP[role], role in self.required) for role in self.roles]


TEMPLATES = (
    Template(
        slug="condition-guide",
        name="Guide about a condition",
        about="Everything a condition guide must say before it can go live, and what most of them say besides.",
        kind=Article.Kind.GUIDE,
        subject=Article.Subject.CONDITION,
        roles=GUIDE_ORDER,
    ),
    Template(
        slug="therapy-guide",
        name="Guide about a therapy",
        about="What the therapy is, what is known of it and what is not, its harms and its costs.",
        kind=Article.Kind.GUIDE,
        subject=Article.Subject.THERAPY,
        roles=tuple(role for role in GUIDE_ORDER if role not in {"symptoms", "treatments"}),
    ),
    Template(
        slug="service-page",
        name="Service page",
        about="What the clinic offers, said so that nobody can take it for more: evidence, harms and costs included.",
        kind=Article.Kind.SERVICE,
        roles=("what it is", "research", "unknowns", "harms", "costs", "questions", "next steps"),
    ),
)


def role_help(sections: Iterable[SectionBase]) -> list[tuple[str, str, bool]]:
    """Label, help and whether it is still empty, for each role that a page's sections have, in the order of a guide."""
    texts: dict[str, str] = {}
    for section in sections:
        if section.role:
            texts[section.role] = texts.get(section.role, "") + getattr(section, "html", "shown")
    labels = dict(SectionBase.Role.choices)
    return [(labels[role], HELP[role], not texts[role]) for role in GUIDE_ORDER if role in texts]


def template_named(slug: str) -> Template | None:
    return next((template for template in TEMPLATES if template.slug == slug), None)


@transaction.atomic
def begin(template: Template, *, title: str, slug: str, by: Any) -> Article:
    """A draft of ``by`` with the template's sections; raises ``ValidationError`` for fields that cannot stand."""
    page = Article(kind=template.kind, subject=template.subject, title=title, slug=slug, created_by=by, keeper=by)
    page.full_clean()
    page.save()
    labels = dict(SectionBase.Role.choices)
    for place, role in enumerate(template.roles, start=1):
        row: type[Any] = ListSection if role in _AS_LIST else TextSection
        row.objects.create(parent=page, region="main", ordering=place * 10, role=role, heading=labels[role])
    workflow.saved(page, by=by, note=f"From the template “{template.name}”.")
    return page
