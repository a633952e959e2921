"""Every text that an article gives to readers and machines, as the content checks read it (CL-20)."""

from __future__ import annotations

from collections.abc import Iterator

from stemsite.checks.block import Block
from stemsite.publishing.saying import Said, line, prose

from .content import (
    AnySection,
    ArticleContent,
    Callout,
    CallToAction,
    Checklist,
    Faq,
    Figure,
    Points,
    StudyCard,
    Text,
)
from .rendering import HEADED

_SCOPES = {"guide": "article", "article": "article", "service": "offer", "plain": "policy"}
_GRAVER = {"guide": frozenset({"CL-18"}), "service": frozenset({"CL-18"})}
"""On a guide, which teaches, an offer of an unapproved product is a block; on a service page until the law's text is
on record (LEAD-126)."""


def said(found: ArticleContent) -> Said:
    return Said(
        scope=_SCOPES[found.kind],
        blocks=tuple(_blocks(found)),
        glossary=tuple(_names(found)),
        graver=_GRAVER.get(found.kind, frozenset()),
    )


def _names(found: ArticleContent) -> Iterator[str]:
    for mark in found.conditions:
        yield from (mark.name, mark.short_name, *mark.other_names)
    yield from (mark.name for mark in found.interventions)


def _blocks(found: ArticleContent) -> Iterator[Block]:
    yield from line(found.title, key="title", kind="title")
    yield from line(found.slug.replace("-", " "), key="slug", kind="title", scope="meta")
    yield from line(found.summary, key="summary", scope="meta")
    level = 2
    for section in found.sections:
        headed = section.__struct_config__.tag in HEADED
        yield from line(
            section.heading, key=section.key, kind="heading", role=section.role, level=2 if headed else level
        )
        level = 3 if headed and section.heading else level
        yield from _section(section)
    for citation in found.citations:
        yield from line(citation.text, key="sections", kind="item", scope="citation")


def _section(section: AnySection) -> Iterator[Block]:
    key, role = section.key, section.role
    match section:
        case Text() | Callout() | StudyCard() | CallToAction():
            yield from prose(section.html, key=key, role=role)
        case Points() | Checklist():
            yield from line(section.intro, key=key, role=role)
            for item in section.items:
                yield from prose(item, key=key, kind="item", role=role)
        case Faq():
            yield from prose(section.html, key=key, role=role)
            for question in section.questions:
                yield Block(key=key, kind="heading", text=question.question, role=role, level=3)
                yield from prose(question.html, key=key, role=role)
        case Figure():
            yield from line(section.drawing, key=key, kind="alt", scope="alt")
            yield from line(section.alt, key=key, kind="alt", scope="alt")
            yield from line(section.caption, key=key, kind="caption", role=role)
