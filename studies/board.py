"""What waits for somebody in the evidence library, as the board lists it (EVD-82)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from stemsite.publishing.models import Page, Use
from stemsite.tasks.models import PeriodicRun

from .asking import RECENT
from .integrity import WORST_FIRST
from .models import Acceptance, ImportBatch, IntegrityEvent, LastAsked, Reference, SourceState, TrialChange
from .monitoring import watched
from .trial_watch import open_changes

SHOWN = 100
JOBS = (
    "registries asked about notices",
    "references checked again",
    "list of Retraction Watch read",
    "registry asked about trials",
)
TOLD_BEFORE = datetime.timedelta(days=14)
_OPEN_VERDICTS = (
    Reference.Verdict.MISMATCH,
    Reference.Verdict.WRONG_IDENTIFIER,
    Reference.Verdict.NOT_FOUND,
    Reference.Verdict.SECONDARY,
    Reference.Verdict.NOT_CHECKED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    events: Sequence[IntegrityEvent]
    verdicts: tuple[tuple[str, str, int], ...]
    """Verdict as stored and in words, and how many references have it."""
    never_asked: int
    not_lately: int
    trials: Sequence[TrialChange]
    expiring: Sequence[Acceptance]
    imports: Sequence[ImportBatch]
    sources: Sequence[SourceState]
    jobs: Sequence[PeriodicRun]
    full_run_at: datetime.datetime | None

    @property
    def is_empty(self) -> bool:
        return not (self.events or self.trials or self.verdicts or self.never_asked or self.not_lately or self.expiring)


def board() -> Board:
    """Everything, in some ten queries."""
    now = timezone.now()
    answered = LastAsked.objects.filter(reference=OuterRef("pk"), answered_at__isnull=False).order_by("-answered_at")
    papers = watched().annotate(answered=Subquery(answered.values("answered_at")[:1]))
    asked = papers.aggregate(
        never=Count("pk", filter=Q(answered=None)), old=Count("pk", filter=Q(answered__lt=now - RECENT))
    )
    waiting = ImportBatch.objects.exclude(state__in=(ImportBatch.State.APPLIED, ImportBatch.State.UNDONE))
    states = list(SourceState.objects.order_by("name"))
    runs = [one.full_run_at for one in states if one.full_run_at]
    return Board(
        events=list(open_events()[:SHOWN]),
        verdicts=_verdicts(),
        trials=list(open_changes()[:SHOWN]),
        never_asked=asked["never"],
        not_lately=asked["old"],
        expiring=list(
            Acceptance.objects.filter(ended_at=None, expires_on__lte=timezone.localdate(now + TOLD_BEFORE))
            .select_related("reference")
            .order_by("expires_on", "pk")[:SHOWN]
        ),
        imports=list(waiting.defer("data").order_by("-pk")[:SHOWN]),
        sources=states,
        jobs=list(PeriodicRun.objects.filter(name__in=JOBS).order_by("name")),
        full_run_at=min(runs) if len(runs) >= 2 else None,
    )


def open_events() -> Any:
    """Events that nobody has looked at, the worst first, with the number of live pages that cite the paper."""
    severity = Case(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate(WORST_FIRST)), output_field=IntegerField()
    )
    pages = (
        Page.objects.filter(
            public_state=Page.PublicState.LIVE,
            live_version__uses__kind=Use.Kind.REFERENCE,
            live_version__uses__object_id=OuterRef("reference_id"),
        )
        .order_by()
        .values("live_version__uses__object_id")
        .annotate(number=Count("pk", distinct=True))
        .values("number")
    )
    events = IntegrityEvent.objects.filter(seen_at=None, ended_at=None).select_related("reference")
    return events.annotate(severity=severity, pages=Coalesce(Subquery(pages), 0)).order_by(
        "severity", "first_seen_at", "pk"
    )


def _verdicts() -> tuple[tuple[str, str, int], ...]:
    rows = Reference.objects.citable().exclude(kind=Reference.Kind.WEB).filter(verdict__in=_OPEN_VERDICTS)
    counts = dict(rows.order_by().values_list("verdict").annotate(number=Count("pk")))
    return tuple((one.value, one.label, counts[one.value]) for one in _OPEN_VERDICTS if counts.get(one.value))
