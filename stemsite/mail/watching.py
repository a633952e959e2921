"""Whether mail leaves: how old the oldest letter is, and an alert by a channel that is not mail (LEAD-64)."""

from __future__ import annotations

import datetime
import logging

from django.core.cache import cache
from django.db.models import Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from .models import Delivery
from .outcomes import Verdict

LATE = datetime.timedelta(minutes=10)
QUIET = 60 * 60
"""Seconds after which an outage that lasts is told again."""

TOLD = "mail.late.told"

logger = logging.getLogger(__name__)


def oldest_waiting() -> datetime.timedelta | None:
    """How long the letter that waits longest has been wanted; none when nothing is due."""
    now = timezone.now()
    # One that is put off for later is not late, unless it was tried in vain: then it waits since the first try.
    wanted = Coalesce("first_tried_at", "due_at")
    # A receiving server that asks for patience is no outage, and an issue of thousands takes its time.
    patient = Q(verdict=Verdict.TEMPORARY) | Q(mailer="newsletter", attempts=0)
    oldest = Delivery.objects.unfinished().exclude(patient).aggregate(since=Min(wanted))["since"]
    return now - oldest if oldest is not None and oldest < now else None


def is_late() -> bool:
    waited = oldest_waiting()
    return waited is not None and waited > LATE


def watch() -> None:
    """Tell once an hour while mail is late, and once when it flows again."""
    if is_late():
        if cache.add(TOLD, 1, QUIET):
            waited = oldest_waiting() or LATE
            facts = {"minutes": int(waited.total_seconds() // 60)}
            logger.error("mail alert: letters wait too long", extra={"facts": facts})
    elif cache.delete(TOLD):
        logger.warning("mail: letters flow again")
