"""Registrations are asked weekly; what changed is told to whom it concerns, and no page changes by itself (EVD-55)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from stemsite.audit.recording import record as note
from stemsite.publishing import letters
from stemsite.publishing.gate import Stale
from stemsite.publishing.models import Page, Use

from .asking import remember
from .keeping import keep, said
from .models import LastAsked, Reference, Registration, SourceRecord, SourceState, Study, Trial, TrialChange
from .sources.base import RecordNotFound, SourceError
from .sources.live import Sources, sources
from .trials import changes, status_words

REGISTRY = "ClinicalTrials.gov"
WEEKLY, TRIED_AGAIN_AFTER = datetime.timedelta(days=7), datetime.timedelta(hours=6)
EVERY = datetime.timedelta(hours=1)
AT_ONCE = 40
"""One call a second: a turn takes less than a minute."""


def numbers() -> set[str]:
    """Every trial that a study or a reference of ours names and that this registry knows."""
    named = Registration.objects.filter(number__startswith="NCT").values_list("number", flat=True)
    cited = Reference.objects.citable().filter(registry_id__startswith="NCT").values_list("registry_id", flat=True)
    return {number for number in (*named, *cited) if number}


def due(now: datetime.datetime, *, limit: int = AT_ONCE) -> list[str]:
    """What to ask about: never asked, not for a week, or failed some hours ago; the longest ago first."""
    asked = {trial.number: trial for trial in Trial.objects.filter(number__in=numbers())}

    def waits(number: str) -> bool:
        if number not in asked:
            return True
        again = TRIED_AGAIN_AFTER if asked[number].outcome == LastAsked.Outcome.FAILED else WEEKLY
        return asked[number].asked_at <= now - again

    never = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    waiting = [number for number in numbers() if waits(number)]
    waiting.sort(key=lambda number: (asked[number].asked_at if number in asked else never, number))
    return waiting[:limit]


def watch_trials(given: Sources | None = None) -> int:
    """One turn: how many changes were found. Without network nobody is asked."""
    if not settings.EVIDENCE_NETWORK and given is None:
        return 0
    asked = given or sources()
    found = sum(ask_about(number, asked) for number in due(timezone.now()))
    if not due(timezone.now(), limit=1):
        SourceState.objects.update_or_create(name=REGISTRY, defaults={"full_run_at": timezone.now()})
    return found


def ask_about(number: str, given: Sources) -> int:
    """Ask about one trial, keep what is said, and write down what is said otherwise than before."""
    now = timezone.now()
    cited = list(Reference.objects.filter(registry_id=number).values_list("pk", flat=True))
    try:
        record = given.trials.fetch(number)
    except RecordNotFound:
        _asked(number, now, outcome=LastAsked.Outcome.UNKNOWN, answered_at=now, cause="It has no such trial.")
        remember(REGISTRY, cited, outcome=LastAsked.Outcome.UNKNOWN)
        return 0
    except SourceError as error:
        _asked(number, now, outcome=LastAsked.Outcome.FAILED, cause=str(error)[:200])
        remember(REGISTRY, cited, outcome=LastAsked.Outcome.FAILED, cause=str(error))
        return 0
    with transaction.atomic():
        before = _known(number)
        row = keep(record, source=REGISTRY)
        trial = _asked(number, now, outcome=LastAsked.Outcome.ANSWERED, answered_at=now, cause="", record=row)
        remember(REGISTRY, cited)
        return _compare(trial, before, row)


def _known(number: str) -> SourceRecord | None:
    """The record that changes are judged by: the one that was watched, else the newest whole one there is."""
    watched = Trial.objects.filter(number=number, record__isnull=False).select_related("record").first()
    if watched is not None:
        return watched.record
    whole = SourceRecord.objects.filter(external_id=f"trial:{number}", source__in=(REGISTRY, "ctgov"))
    return whole.defer("raw").order_by("-pk").first()


def _asked(number: str, now: datetime.datetime, **values: Any) -> Trial:
    trial, _ = Trial.objects.update_or_create(number=number, defaults={"asked_at": now, **values})
    return trial


def _compare(trial: Trial, before: SourceRecord | None, row: SourceRecord) -> int:
    was, now = said(before).trial if before else None, said(row).trial
    if was is None or now is None or before == row:
        return 0
    found = [
        TrialChange(
            trial=trial, record=row, what=one.what, was=one.was, now=one.now, first_seen_at=timezone.now()
        )
        for one in changes(was, now)
    ]  # fmt: skip
    TrialChange.objects.bulk_create(found)
    for one in found:
        note("trial changed", by=None, obj=trial, what=one.what, was=one.was, now=one.now)
    if found:
        told = "\n".join(
            f"{one.what.capitalize()}: the record says now “{one.now}”, it was “{one.was}”." for one in found
        )
        letters.record_changed(_pages(trial.number), f"{found[0].pk}", source=f"Registration {trial.number}", what=told)
    return len(found)


def _pages(number: str) -> Iterable[Page]:
    """The studies of the trial, and live pages that cite its registration."""
    studies = Study.objects.filter(registrations__number=number).values("pk")
    cited = Reference.objects.filter(registry_id=number).values("pk")
    citing = Page.objects.filter(
        public_state=Page.PublicState.LIVE,
        live_version__uses__kind=Use.Kind.REFERENCE,
        live_version__uses__object_id__in=cited,
    ).values("pk")
    return Page.objects.filter(Q(pk__in=studies) | Q(pk__in=citing))


def open_changes() -> Any:
    return TrialChange.objects.filter(seen_at=None).select_related("trial").order_by("-first_seen_at", "pk")


@transaction.atomic
def mark_change_seen(change: TrialChange, *, by: Any, words: str = "") -> None:
    """Take a change off the board; it stays on record with what was done about it."""
    seen = TrialChange.objects.filter(pk=change.pk, seen_at=None).update(
        seen_at=timezone.now(), seen_by=by, seen_note=words.strip()
    )
    if not seen:
        raise Stale("Somebody has looked at this already.")
    note("trial change seen", by=by, obj=change.trial, note=words.strip(), what=change.what)


def statuses(given: Iterable[str]) -> dict[str, tuple[str, datetime.datetime]]:
    """What the registry says now about each trial, and when it said so."""
    rows = Trial.objects.filter(number__in=list(given), record__isnull=False).select_related("record")
    found = {}
    for trial in rows.defer("record__raw"):
        facts = said(trial.record).trial if trial.record else None
        if facts is not None and trial.answered_at is not None:
            found[trial.number] = (status_words(facts), trial.answered_at)
    return found
