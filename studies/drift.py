"""Where live pages print a source, a condition or a treatment otherwise than its record reads today (PUB-13).

Frozen text is never touched; what has moved on is listed, so that people decide. Candidates are
found by date, then compared word by word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.db.models import F, OuterRef, Subquery

from stemsite.publishing.content import Citation, ConditionMark, Content, InterventionMark
from stemsite.publishing.families import content_of
from stemsite.publishing.models import Page, Use
from stemsite.publishing.wording_diff import Piece, words_between

from .freezing import citation, condition_mark, intervention_mark
from .models import Condition, Intervention, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One live page on which one record reads differently from today."""

    record: int
    label: str
    page: int
    title: str
    printed: str
    today: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """From what the page prints to what the record reads today, word by word."""
        return words_between(escape(self.printed), escape(self.today))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watched:
    model: type[Any]
    printed: Callable[[Content], Iterable[tuple[int, Any]]]
    today: Callable[[Any], Any]
    words: Callable[[Any], str]


def _citations(found: Content) -> Iterator[tuple[int, Citation]]:
    yield from ((mark.reference, mark) for mark in found.citations)
    if (primary := getattr(found, "primary", None)) is not None:
        yield primary.reference, primary
    yield from ((paper.reference, paper.citation) for paper in getattr(found, "further", ()))


def _condition_words(mark: ConditionMark) -> str:
    return ", ".join(filter(None, (mark.name, mark.short_name, mark.specialist, *mark.other_names)))


def _intervention_words(mark: InterventionMark) -> str:
    return f"{mark.name}: {Intervention.Status(mark.status).label}"


_WATCHED = {
    Use.Kind.REFERENCE: _Watched(
        model=Reference, printed=_citations, today=citation, words=lambda mark: " ".join((mark.text, mark.url)).strip()
    ),
    Use.Kind.CONDITION: _Watched(
        model=Condition,
        printed=lambda found: ((mark.id, mark) for mark in found.conditions),
        today=condition_mark,
        words=_condition_words,
    ),
    Use.Kind.INTERVENTION: _Watched(
        model=Intervention,
        printed=lambda found: ((mark.id, mark) for mark in found.interventions),
        today=intervention_mark,
        words=_intervention_words,
    ),
}


def drift(kind: str, ids: Sequence[int] | None = None) -> list[Drift]:
    """Every place where live pages and today's records of ``kind`` differ; all records, or those with ``ids``."""
    watched = _WATCHED[Use.Kind(kind)]
    candidates = list(_candidates(kind, watched, ids))
    records = watched.model.objects.in_bulk({use.object_id for use in candidates})
    contents = {use.version_id: content_of(use.version.page, use.version) for use in candidates}
    found = []
    for use in candidates:
        row = records[use.object_id]
        today = watched.today(row)
        for pk, mark in watched.printed(contents[use.version_id]):
            if pk == row.pk and mark != today:
                found.append(_drift(use, row, watched.words(mark), watched.words(today)))
                break
    return found


def _candidates(kind: str, watched: _Watched, ids: Sequence[int] | None) -> Iterable[Use]:
    changed = watched.model.objects.filter(pk=OuterRef("object_id")).values("changed_at")
    uses = (
        Use.objects.filter(
            kind=kind,
            version_id=F("version__page__live_version_id"),
            version__page__public_state=Page.PublicState.LIVE,
        )
        .annotate(changed_at=Subquery(changed))
        .filter(changed_at__gt=F("version__created_at"))
    )
    if ids is not None:
        uses = uses.filter(object_id__in=ids)
    return uses.select_related("version__page").order_by("version__page_id", "pk")


def _drift(use: Use, row: Any, printed: str, today: str) -> Drift:
    page = use.version.page
    same = printed == today
    return Drift(
        record=row.pk,
        label=str(row),
        page=page.pk,
        title=use.version.title,
        printed=f"{printed} (with other details)" if same else printed,
        today=today,
    )
