"""Two to four studies side by side: the same facts in the same words as on their own pages (EVD-70)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from stemsite.publishing.models import Page

from .. import evidence
from ..content import StudyContent, study_content
from ..rendering import Integrity, certainty_of

MOST = 4
PATH = "/studies/compare/"

FACTS = (
    "Compared with",
    "How chance was used",
    "Who knew",
    "How it was given",
    "How long followed",
    "Main result",
    "Deaths",
    "Serious harms",
    "Other harms and worse outcomes",
    "Where",
    "Who paid",
    "The product since then",
)
"""Rows of the facts box that two studies can be compared in, in the order of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    pk: int
    slug: str
    title: str
    short: str
    """How the study is called where its title is too long: ``2020, Wharton's jelly cells, Poland``."""
    url: str
    integrity: Integrity | None
    without: str
    """The comparison without this study."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    column: Column
    words: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def address(slugs: Sequence[str]) -> str:
    return f"{PATH}?{urlencode([('study', slug) for slug in slugs])}" if slugs else PATH


def comparison(pages: Sequence[Page], standing: Mapping[int, Integrity]) -> Comparison:
    contents = [study_content(page.version_for_readers().content) for page in pages]
    slugs = [found.slug for found in contents]
    columns = [_column(page, found, slugs, standing) for page, found in zip(pages, contents, strict=True)]
    told = [_told(found, column) for found, column in zip(contents, columns, strict=True)]
    terms = dict.fromkeys(term for said in told for term in said)
    return Comparison(
        columns=tuple(columns),
        rows=tuple(
            (
                term,
                tuple(
                    Cell(
                        column=column,
                        words=said.get(term, ("Nothing known to us", "unknown"))[0],
                        tone=said.get(term, ("", "unknown"))[1],
                    )
                    for column, said in zip(columns, told, strict=True)
                ),
            )
            for term in sorted(terms, key=_place)
        ),
    )


_FIRST = ("What was given", "How it was done", "People")
_LAST = ("Certainty", "In short", "What this cannot tell us")
_ORDER = (*_FIRST, *FACTS, *_LAST)


def _place(term: str) -> int:
    return _ORDER.index(term)


def _column(page: Page, found: StudyContent, slugs: Sequence[str], standing: Mapping[int, Integrity]) -> Column:
    return Column(
        pk=page.pk,
        slug=found.slug,
        title=found.title,
        short=", ".join(filter(None, (str(found.year or ""), found.heading))) or found.title,
        url=page.get_absolute_url(),
        integrity=standing.get(found.primary.reference) if found.primary else None,
        without=address([slug for slug in slugs if slug != found.slug]),
    )


def _told(found: StudyContent, column: Column) -> dict[str, tuple[str, str]]:
    """Words and tone of every row that this study has something to say in."""
    box = {term: (words, tone) for term, words, tone in evidence.facts_box(found)}
    sure = certainty_of(found, column.integrity)
    design = ", ".join(
        filter(None, (evidence.DESIGN_WORDS.get(found.design, ""), f"phase {found.phase}" if found.phase else ""))
    )
    said = {
        "What was given": (found.cells, ""),
        "How it was done": (design, ""),
        "People": (evidence.people_words(found), ""),
        **{term: box[term] for term in FACTS if term in box},
        "Certainty": (sure.level.capitalize() or "No word of certainty", "" if sure.level else "unknown"),
        "In short": (evidence.short_line(found), ""),
        "What this cannot tell us": (" ".join(evidence.limits(found)), ""),
    }
    return {term: told for term, told in said.items() if told[0]}
