"""Where live pages print a source, a condition or a treatment otherwise than its record reads today (PUB-13).

Frozen text is never touched; what has moved on is listed, so that people decide. Candidates are
found by date, then compared word by word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import batched
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from stemsite.publishing.content import Citation, ConditionMark, Content, InterventionMark
from stemsite.publishing.families import parsed
from stemsite.publishing.models import Page, Use
from stemsite.publishing.wording_diff import Piece, words_between

from .freezing import citation, condition_mark, intervention_mark
from .models import Condition, Intervention, Reference

AT_ONCE = 200
"""Pages that are read together."""


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


def drift(kind: str, ids: Sequence[int] | None = None) -> Iterator[Drift]:
    """Every place where live pages and today's records of ``kind`` differ; all records, or those with ``ids``.

    Read as it is asked for: a record may stand on ten thousand pages, of which a screen shows a hundred.
    """
    watched = _WATCHED[Use.Kind(kind)]
    for rows in batched(_candidates(kind, watched, ids).iterator(chunk_size=AT_ONCE), AT_ONCE, strict=False):
        records = watched.model.objects.in_bulk({record for record, *_ in rows})
        today = {pk: watched.today(row) for pk, row in records.items()}
        for record, page, family, stored in rows:
            content = parsed(family, stored)
            printed = next((mark for pk, mark in watched.printed(content) if pk == record and mark != today[pk]), None)
            if printed is not None:
                before, now = watched.words(printed), watched.words(today[record])
                yield Drift(
                    record=record,
                    label=str(records[record]),
                    page=page,
                    title=content.title,
                    printed=f"{before} (with other details)" if before == now else before,
                    today=now,
                )


def _candidates(kind: str, watched: _Watched, ids: Sequence[int] | None) -> QuerySet[Any, Any]:
    """Record, page, its family and what it prints, wherever the record was changed after the page was written."""
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
    rows = uses.order_by("version__page_id", "pk")
    return rows.values_list("object_id", "version__page_id", "version__page__family", "version__content")
