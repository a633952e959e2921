"""Every text that a study gives to readers and machines, as the content checks read it (CL-20)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from stemsite.checks.block import Block
from stemsite.publishing.saying import Said, line, prose

from .content import Count, Fact, StudyContent

_LINES = ("heading", "venue", "cells", "phase", "product_status", "surrogate", "stopped_because")


def said(found: StudyContent) -> Said:
    return Said(scope="study_summary", blocks=tuple(_blocks(found)), glossary=tuple(_names(found)))


def _names(found: StudyContent) -> Iterator[str]:
    for mark in found.conditions:
        yield from (mark.name, mark.short_name, *mark.other_names)
    yield from (mark.name for mark in found.interventions)


def _blocks(found: StudyContent) -> Iterator[Block]:
    yield from line(found.title, key="title", kind="title")
    yield from line(found.slug.replace("-", " "), key="slug", kind="title", scope="meta")
    yield from line(found.summary, key="summary", scope="meta")
    for name in _LINES:
        yield from line(getattr(found, name), key=name, kind="value")
    if found.judged:
        yield from line(found.judged.because, key="certainty_because", kind="value")
    for section in found.sections:
        yield from line(section.heading, key=section.role, kind="heading", role=section.role, level=2)
        yield from prose(section.html, key=section.role, role=section.role)
    yield from (replace(fact, citations=(len(fact.text),)) if found.primary else fact for fact in _facts(found))
    yield from _others(found)


def _facts(found: StudyContent) -> Iterator[Block]:
    """The facts box; it stands under the name of the report it is taken from."""
    for field in msgspec.structs.fields(found):
        match getattr(found, field.name):
            case Fact(text=text):
                yield from line(text, key="facts", kind="value")
            case Count(note=note):
                yield from line(note, key="facts", kind="value")
    for group in found.outcome_groups:
        yield from line(group.label, key="outcome_groups", kind="value")


def _others(found: StudyContent) -> Iterator[Block]:
    """Words of others, which are quoted and not ours: titles of papers, registrations and news."""
    yield from line(found.official_title, key="official_title", kind="title", scope="citation")
    papers = (paper.citation for paper in found.further)
    for citation in (*((found.primary,) if found.primary else ()), *papers, *found.citations):
        yield from line(citation.text, key="primary", kind="item", scope="citation")
    for registration in found.registrations:
        yield from line(registration.title, key="registrations", kind="item", scope="citation")
        yield from line(registration.status, key="registrations", kind="item", scope="citation")
    for news in found.coverage:
        yield from line(news.headline, key="coverage", kind="item", scope="citation")
