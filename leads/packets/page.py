"""The packet as a page: the same document as the booklet, ready for its template (LEAD-136)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from stemsite.clinic.frame import Frame
from stemsite.publishing.simple_page import SimplePage, simple_page
from studies.icon_array import icon_array

from .document import Chapter, Document, Group, StudyEntry
from .html import html_of, inline

PATH = "/information-packet/"
"""What the page calls itself; the address under which it was opened is nobody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    label: str
    people: int
    svg: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    entry: StudyEntry
    groups: tuple[GroupView, ...]
    death_groups: tuple[GroupView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterView:
    anchor: str
    heading: str
    kind: str
    html: SafeString
    studies: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    number: int
    html: SafeString
    label: str
    links: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketView:
    document: Document
    letter: SafeString
    chapters: tuple[ChapterView, ...]
    references: tuple[SourceView, ...]
    disclaimer: SafeString


def packet_view(document: Document) -> PacketView:
    site = document.site
    return PacketView(
        document=document,
        letter=html_of(document.letter, site_url=site),
        chapters=tuple(_chapter(chapter, site) for chapter in document.chapters),
        references=tuple(
            SourceView(
                number=source.number,
                html=inline(source.runs, site_url=site),
                label=source.label,
                links=" · ".join(words for words, _ in source.links),
            )
            for source in document.references
        ),
        disclaimer=html_of(document.disclaimer, site_url=site),
    )


def frame_page(site: Frame, document: Document) -> SimplePage:
    """What ``base.html`` asks for: nothing in it says where the page was opened."""
    return simple_page(
        site,
        title=document.title,
        path=PATH,
        description=document.subtitle,
        trail=(("Home", "/"), ("Information packet", "")),
        noindex=True,
    )


def _chapter(chapter: Chapter, site: str) -> ChapterView:
    return ChapterView(
        anchor=chapter.anchor,
        heading=chapter.heading,
        kind=chapter.kind,
        html=html_of(chapter.blocks, site_url=site),
        studies=tuple(
            EntryView(entry=entry, groups=_groups(entry.groups), death_groups=_groups(entry.death_groups))
            for entry in chapter.studies
        ),
    )


def _groups(groups: Iterable[Group]) -> tuple[GroupView, ...]:
    return tuple(
        GroupView(
            label=group.label,
            people=group.people,
            svg=mark_safe(icon_array(group.people, group.direction)) if group.people else SafeString(""),
        )
        for group in groups
    )
