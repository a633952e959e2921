"""The counters of a sending, held against the letters themselves, and the proof that it is over (LEAD-79)."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from stemsite.mail.models import Delivery
from stemsite.mail.pausing import resume_batch

from ..models import Consent, IssueRun, NewsletterIssue
from .delivering import KIND, reference
from .listing import NOT_YET

EVERY = datetime.timedelta(seconds=15)
SWEEP = 100
TRIES = 3
"""Before the counters are held still for it."""

FIGURES_FOR = datetime.timedelta(days=7)
"""After so long, who leaves the list does not leave because of this issue."""

ENDED = (Delivery.State.SENT, Delivery.State.FAILED, Delivery.State.SUPPRESSED, Delivery.State.CANCELLED)


def letters_of(issue: NewsletterIssue) -> dict[str, int]:
    """How many letters are in each state: one count, the truth behind the counters."""
    rows = Delivery.objects.filter(batch=issue.batch).order_by().values_list("state").annotate(number=Count("pk"))
    return dict(rows)


def deferred(issue: NewsletterIssue) -> int:
    """Tried, not taken yet, and waiting for another try."""
    waiting = Delivery.objects.filter(batch=issue.batch, state=Delivery.State.QUEUED, attempts__gt=0)
    return waiting.count()


def is_all_settled(issue: NewsletterIssue) -> bool:
    return not Delivery.objects.filter(batch=issue.batch).exclude(state__in=ENDED).exists()


def recount_if_due(run: IssueRun, *, at_once: bool = False) -> None:
    """Mend what erasures and acts of staff changed past the counters, and letters left behind by the pace."""
    now = timezone.now()
    if not at_once and run.counted_at is not None and now - run.counted_at < EVERY:
        return
    _recount(run, now)
    behind = Delivery.objects.filter(batch=run.issue.batch, state=Delivery.State.QUEUED, due_at=NOT_YET)
    first = behind.filter(pk__lte=run.released_up_to).aggregate(first=Min("pk"))["first"]
    if first is not None:
        IssueRun.objects.filter(pk=run.pk, released_up_to=run.released_up_to).update(released_up_to=first - 1)


def _recount(run: IssueRun, now: datetime.datetime) -> None:
    """Counting thousands of letters holds nothing up: what was counted holds if no counter moved meanwhile."""
    names = [str(state) for state in ENDED]
    for _ in range(TRIES):
        before = IssueRun.objects.filter(pk=run.pk).values(*names).get()
        found = letters_of(run.issue)
        values = {name: found.get(name, 0) for name in names}
        if IssueRun.objects.filter(pk=run.pk, **before).update(counted_at=now, **values):
            return
    with transaction.atomic():
        IssueRun.objects.select_for_update().get(pk=run.pk)
        found = letters_of(run.issue)
        IssueRun.objects.filter(pk=run.pk).update(counted_at=now, **{name: found.get(name, 0) for name in names})


def end_of_cancelled(run: IssueRun) -> int:
    """Take back what waits of a cancelled issue, some letters at a time; what is in hand ends by itself."""
    waiting = Delivery.objects.filter(
        Q(state=Delivery.State.QUEUED) | Q(state=Delivery.State.PARKED), batch=run.issue.batch
    )
    chosen = list(waiting.order_by("pk").values_list("pk", flat=True)[:SWEEP])
    if chosen:
        values = {"state": Delivery.State.CANCELLED, "verdict": "issue cancelled", "finished_at": timezone.now()}
        return waiting.filter(pk__in=chosen).update(**values)
    if not is_all_settled(run.issue):
        return 0
    recount_if_due(run, at_once=True)
    with transaction.atomic():
        done = IssueRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=timezone.now())
        resume_batch(run.issue.batch)
    return done


def count_leavers() -> int:
    """How many who got an issue left the list within a week of it; asked anew for the issues of that week."""
    since = timezone.now() - FIGURES_FOR
    runs = IssueRun.objects.filter(starts_at__gte=since).select_related("issue")
    for run in runs:
        left = Consent.objects.filter(
            purpose=Consent.Purpose.NEWSLETTER, action=Consent.Action.WITHDRAWN, at__gte=run.starts_at
        )
        names = [reference(run.issue, pk) for pk in set(left.values_list("contact_id", flat=True))]
        got = Delivery.objects.filter(kind=KIND, reference__in=names, state=Delivery.State.SENT)
        IssueRun.objects.filter(pk=run.pk).update(unsubscribes=got.count())
    return len(runs)
