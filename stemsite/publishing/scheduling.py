"""What is to happen at a set time, and doing it when it falls due."""

from __future__ import annotations

import datetime
import logging
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from . import going_live, letters
from .claiming import record_run
from .commenting import require_settled
from .families import content_of
from .gate import Refused, require
from .guards import require_publishable, require_reason
from .models import Page, Schedule, Version
from .recording import locked, require_open, take
from .steps import Verb
from .workflow import ready_version, require_note, require_seen

logger = logging.getLogger(__name__)


@transaction.atomic
def schedule_publish(
    page: Page,
    *,
    by: Any,
    due_at: datetime.datetime,
    change: str,
    note: str = "",
    reason: str = "",
    version_id: int | None = None,
) -> Schedule:
    """Publish the approved version at ``due_at``; edits made meanwhile stay draft (PUB-60, PUB-61)."""
    page = locked(page)
    version = ready_version(page, Verb.SCHEDULE, by=by)
    require_seen(version, version_id)
    require_note(page, change, note)
    require_reason(by, reason)
    require(page, content_of(page, version))
    require_settled(page)
    _require_future(due_at)
    record_run(page, version, Verb.SCHEDULE, by=by)
    when = _in_words(due_at)
    take(page, Verb.SCHEDULE, by=by, version=version, note=when, reason=reason, approved_version=version)
    return Schedule.objects.create(
        page_id=page.pk,
        what=Schedule.What.PUBLISH,
        version=version,
        due_at=due_at,
        change=change,
        note=note,
        reason=reason,
        scheduled_by=by,
    )


@transaction.atomic
def schedule_withdrawal(page: Page, *, by: Any, due_at: datetime.datetime, kind: str, reason: str) -> Schedule:
    """Withdraw the live page at ``due_at`` (PUB-65)."""
    page = locked(page)
    require_open(page, Verb.WITHDRAW, by)
    _require_future(due_at)
    if kind not in {Page.Withdrawal.OUTDATED, Page.Withdrawal.ERROR} or not reason.strip():
        raise Refused("Choose how the page is withdrawn, and write one sentence for readers.")
    if page.schedules.filter(what=Schedule.What.WITHDRAW, state=Schedule.State.PENDING).exists():
        raise Refused("A withdrawal is already scheduled; cancel that one first.")
    _require_no_later_publication(page, due_at)
    return Schedule.objects.create(
        page_id=page.pk, what=Schedule.What.WITHDRAW, due_at=due_at, withdrawn_as=kind, note=reason, scheduled_by=by
    )


def _require_no_later_publication(page: Page, due_at: datetime.datetime) -> None:
    """A publication planned before would put the page back soon after; whoever wants that plans it after (PUB-65)."""
    later = page.schedules.filter(what=Schedule.What.PUBLISH, due_at__gte=due_at).pending().first()
    if later is not None:
        raise Refused(
            f"A publication is scheduled for {_in_words(later.due_at)} and would put the page back. "
            "Cancel it first; after that it can be scheduled again if it is meant to."
        )


@transaction.atomic
def cancel(schedule: Schedule, *, by: Any) -> None:
    """Call a schedule off; possible until it has begun (PUB-65)."""
    page = locked(schedule.page)
    if not _close(schedule, Schedule.State.CANCELLED, f"Cancelled by {by}."):
        raise Refused("This schedule has already been carried out or cancelled.")
    if schedule.what == Schedule.What.PUBLISH:
        require_open(page, Verb.CANCEL, by)
        take(page, Verb.CANCEL, by=by, version=schedule.version)
    else:
        require_open(page, Verb.WITHDRAW, by)


def run_due() -> int:
    """Carry out everything that has fallen due, each in its own transaction; returns how many were handled.

    Late after a stop is late, not lost; two workers, or one running twice, act once (PUB-62).
    One that breaks in an unforeseen way fails alone: those after it are still carried out.
    """
    handled = 0
    for schedule in Schedule.objects.due().select_related("page", "version", "scheduled_by"):
        handled += carry_out(schedule)
    return handled


def carry_out(schedule: Schedule) -> bool:
    """One due schedule: done, or failed with its reasons; false when another worker was first."""
    try:
        with transaction.atomic():
            page = locked(schedule.page)
            if not _close(schedule, Schedule.State.DONE, _lateness(schedule)):
                return False
            _act(page, schedule)
            letters.schedule_done(page, schedule)
            return True
    except Refused as refused:
        return _fail(schedule, refused)
    except (OperationalError, InterfaceError):
        raise  # The database is away or busy; the schedule is still pending and is tried again.
    except Exception:
        logger.exception("schedule %s could not be carried out", schedule.pk)
        return _fail(schedule, Refused("Something unforeseen went wrong. Whoever runs the site finds it in the log."))


def _act(page: Page, schedule: Schedule) -> None:
    """Publishing asks again for everything, the right of whoever scheduled it included; a withdrawal that was
    rightly decided is carried out even when they have left since: taking down is the safe side.
    """
    if schedule.what == Schedule.What.WITHDRAW:
        if page.is_live:
            going_live.take_down(
                page, by=schedule.scheduled_by, kind=schedule.withdrawn_as, reason=schedule.note, replacement=None
            )
        return
    version = _named(schedule)
    require_open(page, Verb.PUBLISH, schedule.scheduled_by)
    require(page, content_of(page, version))
    require_publishable(page, version, schedule.scheduled_by)
    record_run(page, version, Verb.PUBLISH, by=schedule.scheduled_by)
    going_live.go_live(
        page, version, by=schedule.scheduled_by, change=schedule.change, note=schedule.note, reason=schedule.reason
    )


@transaction.atomic
def _fail(schedule: Schedule, refused: Refused) -> bool:
    """Back to approved, with the reasons on the record and in the mail; nothing public changes (PUB-63)."""
    page = locked(schedule.page)
    if not _close(schedule, Schedule.State.FAILED, str(refused)):
        return False
    if schedule.what == Schedule.What.PUBLISH and page.draft_state == Page.DraftState.SCHEDULED:
        take(page, Verb.FAIL, by=schedule.scheduled_by, version=schedule.version, note=str(refused))
    letters.schedule_failed(page, schedule, refused)
    return True


def _close(schedule: Schedule, state: str, outcome: str) -> bool:
    """Claim the schedule: true for exactly one caller."""
    claimed = Schedule.objects.filter(pk=schedule.pk, state=Schedule.State.PENDING).update(
        state=state, finished_at=timezone.now(), outcome=outcome
    )
    return claimed == 1


def _named(schedule: Schedule) -> Version:
    if schedule.version is None:
        raise Refused("The schedule names no version.")
    return schedule.version


def _lateness(schedule: Schedule) -> str:
    late = timezone.now() - schedule.due_at
    return "On time." if late < datetime.timedelta(minutes=2) else f"Late by {late.total_seconds() / 60:.0f} minutes."


def _in_words(moment: datetime.datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M %Z}"


def _require_future(due_at: datetime.datetime) -> None:
    if due_at <= timezone.now():
        raise Refused("That time is past. Choose a later one, or publish now.")
