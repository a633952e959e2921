"""What the drafts of studies use, and how a citation is found in stored text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q

from stemsite.publishing.models import Use
from stemsite.uses import RecordUse

from .models import IntegrityEvent, Reference, Study

PROSE = ("methods", "people", "results", "harms", "limits", "money")
_RELATIONS: dict[str, str] = {
    Use.Kind.PERSON: "authors__in",
    Use.Kind.CONDITION: "conditions__in",
    Use.Kind.INTERVENTION: "interventions__in",
}


def cited_in(field: str, ids: Sequence[int]) -> Q:
    """Whether the rich text ``field`` cites one of these references."""
    found = Q(pk__in=())
    for pk in ids:
        found |= Q(**{f"{field}__contains": f'<cite data-ref="{int(pk)}"'})
    return found


def draft_uses(kind: str, ids: Sequence[int]) -> Iterator[RecordUse]:
    """Studies whose draft rows name these records, saved as a version or not; and notices about a paper."""
    if (condition := _naming(kind, ids)) is not None:
        for pk, title in Study.objects.filter(condition).distinct().order_by("pk").values_list("pk", "title"):
            yield RecordUse(label=title, mark="draft", screen="admin:publishing_page", pk=pk)
    if kind == Use.Kind.REFERENCE:
        yield from _notices(ids)
        for merged in Reference.objects.filter(merged_into__in=ids).order_by("pk"):
            screen = "admin:studies_reference_check"
            yield RecordUse(label=str(merged), mark="was merged into it", screen=screen, pk=merged.pk)


def _naming(kind: str, ids: Sequence[int]) -> Q | None:
    if relation := _RELATIONS.get(kind):
        return Q(**{relation: ids})
    if kind == Use.Kind.REFERENCE:
        found = Q(primary__in=ids) | Q(papers__reference__in=ids)
        for field in PROSE:
            found |= cited_in(field, ids)
        return found
    return None


def _notices(ids: Sequence[int]) -> Iterator[RecordUse]:
    events = IntegrityEvent.objects.filter(reference__in=Reference.objects.filter(pk__in=ids)).order_by("pk")
    for event in events:
        screen = "admin:studies_integrityevent_change"
        yield RecordUse(label=event.get_kind_display(), mark="notice", screen=screen, pk=event.pk)
