"""What waits for somebody in the evidence library, as the board lists it (EVD-82)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from stemsite.publishing.models import Page
from stemsite.publishing.models.page import PageQuerySet
from stemsite.publishing.usage import live_pages_with
from stemsite.tasks.models import PeriodicRun

from .asking import RECENT
from .covering import waiting_news
from .integrity import WORST_FIRST
from .models import (
    Acceptance,
    ImportBatch,
    IntegrityEvent,
    LastAsked,
    Reference,
    SourceState,
    Study,
    StudyFact,
    TrialChange,
)
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
class Unconfirmed:
    """A study and the facts of it that nobody has seen in a report yet (EVD-31)."""

    study: Study
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    events: Sequence[tuple[IntegrityEvent, Sequence[Page]]]
    """What happened to a paper, and the live pages it touches (PUB-125)."""
    verdicts: tuple[tuple[str, str, int], ...]
    """Verdict as stored and in words, and how many references have it."""
    never_asked: int
    not_lately: int
    trials: Sequence[TrialChange]
    unconfirmed: Sequence[Unconfirmed]
    unconfirmed_in_all: int
    news: Sequence[Reference]
    """Coverage that waits for a study (EVD-35)."""
    expiring: Sequence[Acceptance]
    imports: Sequence[ImportBatch]
    sources: Sequence[SourceState]
    jobs: Sequence[PeriodicRun]
    full_run_at: datetime.datetime | None

    @property
    def is_empty(self) -> bool:
        findings = (self.events, self.trials, self.unconfirmed, self.verdicts, self.expiring)
        return not (any(findings) or self.never_asked or self.not_lately)


def board() -> Board:
    """Everything, in some dozen queries."""
    now = timezone.now()
    answered = LastAsked.objects.filter(reference=OuterRef("pk"), answered_at__isnull=False).order_by("-answered_at")
    papers = watched().annotate(answered=Subquery(answered.values("answered_at")[:1]))
    asked = papers.aggregate(
        never=Count("pk", filter=Q(answered=None)), old=Count("pk", filter=Q(answered__lt=now - RECENT))
    )
    waiting = ImportBatch.objects.exclude(state__in=(ImportBatch.State.APPLIED, ImportBatch.State.UNDONE))
    states = list(SourceState.objects.order_by("name"))
    runs = [one.full_run_at for one in states if one.full_run_at]
    waiting_facts = _with_unconfirmed()
    return Board(
        events=_touching(list(open_events()[:SHOWN])),
        verdicts=_verdicts(),
        trials=list(open_changes()[:SHOWN]),
        unconfirmed=_unconfirmed(waiting_facts),
        unconfirmed_in_all=waiting_facts.count(),
        news=list(waiting_news()[:SHOWN]),
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


def _with_unconfirmed() -> PageQuerySet[Study]:
    """Studies whose drafts say of a fact that it is not confirmed, those that readers see first."""
    open_facts = StudyFact.objects.filter(study=OuterRef("pk"), known=StudyFact.Known.NOT_CONFIRMED)
    live_first = Case(When(public_state=Page.PublicState.LIVE, then=0), default=1, output_field=IntegerField())
    return Study.objects.filter(Exists(open_facts), trashed_at=None).order_by(live_first, "pk")


def _unconfirmed(studies: PageQuerySet[Study]) -> list[Unconfirmed]:
    shown = list(studies[:SHOWN])
    rows = StudyFact.objects.filter(study__in=shown, known=StudyFact.Known.NOT_CONFIRMED).values_list("study", "kind")
    kinds: dict[int, set[str]] = {}
    for pk, kind in rows:
        kinds.setdefault(pk, set()).add(kind)
    named = {study.pk: [kind.label for kind in StudyFact.Kind if kind in kinds.get(study.pk, ())] for study in shown}
    return [Unconfirmed(study=study, facts=tuple(map(str, named[study.pk]))) for study in shown]


def open_events() -> Any:
    """Events that nobody has looked at, the worst first."""
    severity = Case(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate(WORST_FIRST)), output_field=IntegerField()
    )
    events = IntegrityEvent.objects.filter(seen_at=None, ended_at=None).select_related("reference")
    return events.annotate(severity=severity).order_by("severity", "first_seen_at", "pk")


def _touching(events: Sequence[IntegrityEvent]) -> list[tuple[IntegrityEvent, Sequence[Page]]]:
    """Each event with the live pages that cite its paper or show a study that rests on it."""
    touched = live_pages_with(event.reference_id for event in events)
    named = Page.objects.filter(pk__in=set().union(*touched.values())).only("title").order_by("title", "pk")
    pages = list(named)
    return [(event, [page for page in pages if page.pk in touched[event.reference_id]]) for event in events]


def _verdicts() -> tuple[tuple[str, str, int], ...]:
    rows = Reference.objects.citable().exclude(kind=Reference.Kind.WEB).filter(verdict__in=_OPEN_VERDICTS)
    counts = dict(rows.order_by().values_list("verdict").annotate(number=Count("pk")))
    return tuple((one.value, one.label, counts[one.value]) for one in _OPEN_VERDICTS if counts.get(one.value))
