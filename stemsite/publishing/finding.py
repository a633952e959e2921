"""What search keeps of every live page, whatever its family: its words, what a result shows, and its marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stemsite.search.index import Document

from .content import Content
from .families import family_of
from .models import Page, Use
from .reading import local_day, signature

YEAR = "year"
MARKED = (Use.Kind.CONDITION, Use.Kind.TOPIC)


def document_of(
    page: Page, content: Content, *, kind: str, names: Sequence[str], text: str, year: int | None = None
) -> Document:
    """Of a live ``page``; its ``year`` is that of its last update where its family says none."""
    signed = signature(page.version_for_readers())
    updated_on = local_day(page.updated_at)
    return Document(
        kind=kind,
        title=content.title,
        names=tuple(names),
        text=text,
        url=page.live_path or "",
        summary=content.summary,
        status=content.status_words,
        reviewed_on=signed.reviewed_on if signed else None,
        updated_on=updated_on,
        marks=tuple(_marks(page, content, (updated_on.year if updated_on else 0) if year is None else year)),
    )


def mark(what: str, value: object) -> str:
    """Under which pages about a condition, on a topic or of a year are kept together."""
    return f"{what}:{value}"


def _marks(page: Page, content: Content, year: int) -> Iterator[str]:
    if year:
        yield mark(YEAR, year)
    for kind, pk in dict.fromkeys(family_of(page).uses(content)):
        if kind in MARKED:
            yield mark(Use.Kind(kind), pk)
