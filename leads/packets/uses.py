"""What the drafts of packets use, saved as a version or not (PUB-15, PUB-23)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q

from stemsite.publishing.models import Use
from stemsite.uses import RecordUse
from studies.uses import cited_in

from ..models import Packet
from .freezing import HEADINGS


def draft_uses(kind: str, ids: Sequence[int]) -> Iterator[RecordUse]:
    """Packets whose draft rows name these records."""
    naming = _naming(kind, ids)
    if naming is None:
        return
    for pk, title in Packet.objects.filter(naming).distinct().order_by("pk").values_list("pk", "title"):
        yield RecordUse(label=title, mark="draft", screen="admin:publishing_page", pk=pk)


def _naming(kind: str, ids: Sequence[int]) -> Q | None:
    match kind:
        case Use.Kind.STUDY:
            return Q(studies__in=ids)
        case Use.Kind.PAGE:
            return Q(guide__in=ids) | Q(services__in=ids)
        case Use.Kind.REFERENCE:
            found = Q(pk__in=())
            for role in HEADINGS:
                found |= cited_in(role, ids)
            return found
    return None
