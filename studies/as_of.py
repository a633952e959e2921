"""What stood beside a citation at a moment: retractions and the like, and the last check (PUB-14, PUB-29)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import Q

from stemsite.publishing.as_of import Fact
from stemsite.publishing.models import Use, Version

from .models import Check, IntegrityEvent, Reference


def sources_at(version: Version, moment: datetime.datetime) -> Iterable[Fact]:
    """Of each reference that ``version`` cites, or that the studies it shows rest on: events then open, last check."""
    cited = set(Use.objects.filter(version=version, kind=Use.Kind.REFERENCE).values_list("object_id", flat=True))
    events = IntegrityEvent.objects.filter(reference__in=cited, first_seen_at__lte=moment)
    events = events.filter(Q(ended_at=None) | Q(ended_at__gt=moment)).select_related("reference")
    for event in events.order_by("reference", "pk"):
        where = f" ({event.notice})" if event.notice else ""
        yield Fact(label=event.reference.short, text=f"{event.get_kind_display()}, said by {event.source}{where}")
    for reference in Reference.objects.filter(pk__in=cited).order_by("pk"):
        checks = Check.objects.filter(reference=reference, checked_at__lte=moment).order_by("-checked_at", "-pk")
        if (check := checks.first()) is not None:
            text = f"checked on {check.checked_at:%Y-%m-%d}: {Reference.Verdict(check.verdict).label}"
            yield Fact(label=reference.short, text=text)
