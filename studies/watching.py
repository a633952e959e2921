"""What comes round: registries asked about what is due, a list fetched, references checked again (EVD-44, EVD-52)."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db.models import Case, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from stemsite.publishing.models import Page, Use

from . import checking, monitoring
from .models import LastAsked, Reference, SourceState
from .sources.live import Sources, sources

WEEKLY, MONTHLY = datetime.timedelta(days=7), datetime.timedelta(days=30)
TRIED_AGAIN_AFTER = datetime.timedelta(hours=6)
EVERY, DAILY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
AT_ONCE = 200
CHECKED_AT_ONCE = 20
ASKED = {monitoring.CROSSREF: "doi", monitoring.PUBMED: "pmid"}
"""Who is asked about notices, and by which identifier."""


def due(source: str, now: datetime.datetime, *, limit: int = AT_ONCE) -> QuerySet[Reference]:
    """What ``source`` is to be asked about: weekly what a live page cites, monthly the rest; the longest ago first.

    What could not be asked is tried again after some hours. A missed run is caught up, a part at a time.
    """
    asked = LastAsked.objects.filter(reference=OuterRef("pk"), source=source)
    live = Use.objects.filter(
        kind=Use.Kind.REFERENCE,
        version_id=F("version__page__live_version_id"),
        version__page__public_state=Page.PublicState.LIVE,
    )
    never = Value(datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC), output_field=DateTimeField())
    rows = (
        monitoring.watched()
        .exclude(**{ASKED[source]: None})
        .annotate(
            last=Coalesce(Subquery(asked.values("asked_at")[:1]), never),
            went=Subquery(asked.values("outcome")[:1]),
            before=Case(
                When(went=LastAsked.Outcome.FAILED, then=Value(now - TRIED_AGAIN_AFTER)),
                When(pk__in=live.values("object_id"), then=Value(now - WEEKLY)),
                default=Value(now - MONTHLY),
                output_field=DateTimeField(),
            ),
        )
    )
    waiting = rows.filter(Q(last__lte=F("before"))).order_by("last", "pk").values("pk")[:limit]
    return Reference.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).order_by("pk")


def watch(given: Sources | None = None) -> list[monitoring.Run]:
    """One turn of the monitor; without network nothing is asked, and nothing is said to be clean."""
    if not settings.EVIDENCE_NETWORK and given is None:
        return []
    asked, now = given or sources(), timezone.now()
    runs = [
        monitoring.check_crossref(asked.crossref, among=due(monitoring.CROSSREF, now)),
        monitoring.check_pubmed(asked.pubmed, among=due(monitoring.PUBMED, now)),
    ]
    for name in ASKED:
        if not due(name, now, limit=1).exists():
            SourceState.objects.update_or_create(name=name, defaults={"full_run_at": now})
    return runs


def recheck_due(given: Sources | None = None) -> int:
    """Hold some of the references that are due against their records again: every 90 days, or a newer checker."""
    if not settings.EVIDENCE_NETWORK and given is None:
        return 0
    references = list(checking.due(timezone.localdate())[:CHECKED_AT_ONCE])
    return sum(1 for _ in checking.check(references, index=None, sources=given or sources()))
