"""The packet's own words, as the content checks read them; what it is made from was checked where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from stemsite.checks.block import Block
from stemsite.publishing.saying import Said, line, prose

from .content import PacketContent


def said(found: PacketContent) -> Said:
    names = (name for mark in found.conditions for name in (mark.name, mark.short_name, *mark.other_names))
    return Said(scope="packet", blocks=tuple(_blocks(found)), glossary=tuple(names), graver=frozenset({"CL-18"}))


def _blocks(found: PacketContent) -> Iterator[Block]:
    yield from line(found.title, key="title", kind="title")
    yield from line(found.summary, key="summary")
    for section in found.sections:
        yield from line(section.heading, key=section.role, kind="heading", role=section.role)
        yield from prose(section.html, key=section.role, role=section.role)
    for citation in found.citations:
        yield from line(citation.text, key="", kind="item", scope="citation")
