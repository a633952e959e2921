"""Citations in draft sections, moved from a reference to the one it was merged into (EVD-36)."""

from __future__ import annotations

from collections.abc import Iterator

from studies.merging import recite

from .models import SECTION_MODELS, FigureSection


def repoint_articles(loser: int, winner: int) -> Iterator[int]:
    """Ids of the articles whose texts cited ``loser``."""
    for model in SECTION_MODELS:
        if model is not FigureSection:
            yield from (row.parent_id for row in recite(model.objects.all(), "html", loser, winner))
