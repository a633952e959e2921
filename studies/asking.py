"""When a source was last asked about a reference, and what readers are told of that (EVD-34, EVD-54)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import batched

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from stemsite.serving import store

from .citations import day_in_words
from .models import Answer, LastAsked, SourceState

RECENT = datetime.timedelta(days=14)
SHOWN_WITHIN = datetime.timedelta(days=7)
"""A check that found nothing new is printed at the page's next rendering, which is not later than this."""
AT_A_TIME = 500
NEVER = "Not checked for notices."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The day of the last answer and who answered lately; until when the words about it hold."""

    words: str = NEVER
    holds_until: datetime.datetime | None = None


@transaction.atomic
def remember(
    source: str,
    references: Iterable[int],
    *,
    outcome: str = LastAsked.Outcome.ANSWERED,
    cause: str = "",
    at: datetime.datetime | None = None,
) -> None:
    """Note that ``source`` was asked about these references; pages whose words change with it are rendered anew."""
    now = at or timezone.now()
    wanted = sorted(set(references))
    failed = outcome == LastAsked.Outcome.FAILED
    columns = ["asked_at", "outcome", "cause", *([] if failed else ["answered_at"])]
    for part in batched(wanted, AT_A_TIME, strict=False):
        fresh = LastAsked.objects.filter(reference__in=part, answered_at__gt=now - RECENT).values("reference_id")
        told = set(fresh.values_list("reference_id", flat=True))
        rows = [
            LastAsked(
                reference_id=pk,
                source=source,
                asked_at=now,
                answered_at=None if failed else now,
                outcome=outcome,
                cause=cause[:200],
            )
            for pk in part
        ]
        LastAsked.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["reference", "source"], update_fields=columns
        )
        if not failed:
            Answer.objects.bulk_create(Answer(reference_id=pk, source=source, at=now) for pk in part)
        if not failed and len(told) < len(part):
            store.forget(*(f"reference:{pk}" for pk in part if pk not in told))
    if wanted:
        values = {"failed_at": now, "error": cause[:300]} if failed else {"answered_at": now}
        SourceState.objects.update_or_create(name=source, defaults=values)


def asked_about(
    references: Iterable[int], *, noticed: Iterable[int] = (), at: datetime.datetime | None = None
) -> dict[int, Asked]:
    """What is printed about the last check of each reference, now or ``at`` a moment, in one query.

    Those ``noticed`` have a notice.
    """
    moments: dict[int, dict[str, datetime.datetime]] = defaultdict(dict)
    for pk, source, answered in _answers(list(references), at):
        if answered:
            moments[pk][source] = answered
    now, having = at or timezone.now(), set(noticed)
    return {pk: _asked(found, now, has_notice=pk in having) for pk, found in moments.items()}


def _answers(
    references: list[int], at: datetime.datetime | None
) -> Iterable[tuple[int, str, datetime.datetime | None]]:
    """The last answer of each source about each reference."""
    if at is None:
        asked = LastAsked.objects.filter(reference__in=references, answered_at__isnull=False)
        return asked.order_by("pk").values_list("reference_id", "source", "answered_at")
    known = Answer.objects.filter(reference__in=references, at__lte=at).order_by("reference_id", "source")
    return known.values_list("reference_id", "source").annotate(last=Max("at"))


def _asked(moments: dict[str, datetime.datetime], now: datetime.datetime, *, has_notice: bool) -> Asked:
    """Only sources that answered lately are named; the day is that of the longest ago of them."""
    recent = {source: at for source, at in moments.items() if at > now - RECENT}
    if not recent:
        return Asked(words=f"Not recently checked (last check {_day(max(moments.values()))}).")
    oldest = min(recent.values())
    named = sorted(recent, key=str.casefold)
    sources = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
    words = f"Checked {_day(oldest)} in {sources}."
    until = min(oldest + RECENT, now + SHOWN_WITHIN)
    return Asked(words=words if has_notice else f"No notices found. {words}", holds_until=until)


def _day(at: datetime.datetime) -> str:
    day = timezone.localdate(at)
    return day_in_words(day.year, day.month, day.day)


def earliest(*moments: datetime.datetime | None) -> datetime.datetime | None:
    """The first of these moments, of those that are known."""
    return min((moment for moment in moments if moment is not None), default=None)
