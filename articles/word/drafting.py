"""From a Word file and a person's choices to a draft: never more than a draft, and nothing of it silently lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from articles.models import (
    Article,
    CalloutSection,
    ChecklistSection,
    FaqSection,
    FigureSection,
    ListSection,
    TextSection,
)
from stemsite.images.changing import save_picture
from stemsite.images.intake import SafePicture, take_in
from stemsite.images.models import Picture
from stemsite.publishing import workflow

from . import choosing
from .citing import source_of, with_sources
from .reading import WordPage, WordPiece

_ROWS: dict[str, type[Any]] = {
    choosing.TEXT: TextSection,
    choosing.LIST: ListSection,
    choosing.CHECKLIST: ChecklistSection,
    choosing.FAQ: FaqSection,
    choosing.CALLOUT: CalloutSection,
}
LEFT_NOTES = "Notes of the Word file without a source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    kind: str
    role: str = ""


def safe_pictures(page: WordPage) -> dict[int, SafePicture]:
    """The pictures that can be taken in; why another cannot is added to what is left out. Done before any writing."""
    safe = {}
    for number, picture in enumerate(page.pictures):
        if not picture.extension:
            continue
        try:
            safe[number] = take_in(picture.data, f"word.{picture.extension}")
        except ValidationError as refused:
            page.left_out.append(f"Picture {number + 1}: {' '.join(refused.messages)}")
    return safe


@transaction.atomic
def write_draft(
    article: Article,
    page: WordPage,
    choices: Sequence[Choice],
    *,
    pictures: Mapping[int, SafePicture],
    name: str,
    by: Any,
) -> Article:
    """Store ``article`` (checked, not saved yet) with a section for each piece that was not left out."""
    article.created_by, article.keeper = by, article.keeper or by
    article.save()
    kept = [
        (piece, choice) for piece, choice in zip(page.pieces, choices, strict=True) if _is_kept(piece, choice, pictures)
    ]
    cited = [number for number, note in page.notes.items() if any(_names(piece, number) for piece, _ in kept)]
    sources: dict[int, int] = {}
    for number in cited:
        if source := source_of(page.notes[number], by=by):
            sources[number] = source.pk
    ordering = 0
    for ordering, (piece, choice) in enumerate(kept, start=1):
        common = {"parent": article, "region": "main", "ordering": ordering * 10, "role": choice.role}
        if piece.picture is not None:
            picture = _stored(pictures[piece.picture], f"{name}, {piece.picture + 1}", by)
            FigureSection.objects.create(**common, heading=piece.heading, picture=picture, caption=piece.caption)
        else:
            html = with_sources(piece.html, sources)
            _ROWS[choice.kind].objects.create(**common, heading=piece.heading, html=html)
    if left := [page.notes[number] for number in cited if number not in sources]:
        rows = "".join(f"<li><p>[note {note.number}] {escape(note.text)}</p></li>" for note in left)
        ListSection.objects.create(
            parent=article, region="main", ordering=(ordering + 1) * 10, heading=LEFT_NOTES, html=f"<ul>{rows}</ul>"
        )
    workflow.saved(article, by=by, note=f"From the Word file “{name}”."[:300])
    return article


def _is_kept(piece: WordPiece, choice: Choice, pictures: Mapping[int, SafePicture]) -> bool:
    return choice.kind != choosing.LEAVE_OUT and (piece.picture is None or piece.picture in pictures)


def _names(piece: WordPiece, number: int) -> bool:
    return f'<cite data-ref="{number}"' in piece.html


def _stored(safe: SafePicture, name: str, by: Any) -> Picture:
    """As it is in the library already, or new; its words are asked of a person before the page goes live (PUB-100)."""
    if same := Picture.objects.filter(current__sha256=safe.sha256).order_by("pk").first():
        return same
    picture = Picture(name=name[:160], created_by=by)
    save_picture(picture, safe=safe, focal=(0.5, 0.5))
    return picture
