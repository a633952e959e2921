"""Pages whose sources have a notice that readers see, for the lists of pages (PUB-113)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import F

from stemsite.publishing.models import Use

from .integrity import WORST_FIRST
from .models import IntegrityEvent


def noticed_sources(pages: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The worst notice that stands open under the live text of each page."""
    open_events = IntegrityEvent.objects.filter(ended_at=None)
    uses = Use.objects.filter(
        kind=Use.Kind.REFERENCE,
        version__page__in=pages,
        version_id=F("version__page__live_version_id"),
        object_id__in=open_events.values("reference_id"),
    ).order_by("pk")
    cited = list(uses.values_list("version__page_id", "object_id"))
    rows = open_events.filter(reference__in={reference for _, reference in cited}).order_by("pk")
    worst: dict[int, int] = {}
    for reference, kind in rows.values_list("reference_id", "kind"):
        rank = WORST_FIRST.index(IntegrityEvent.Kind(kind))
        worst[reference] = min(rank, worst.get(reference, rank))
    for page in dict.fromkeys(page for page, _ in cited):
        kind = WORST_FIRST[min(worst[reference] for known, reference in cited if known == page)]
        yield page, f"source: {IntegrityEvent.Kind(kind).label}"
