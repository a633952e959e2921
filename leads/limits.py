"""How often a network, an address and the whole site may ask: soft limits add to the score, hard ones ask to wait.

Counters lie in the database, so all processes share them and a restart forgets nothing (LEAD-28 to LEAD-32).
"""

from __future__ import annotations

import datetime
import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from stemsite.crypto import index_value

from .counting import count_windows
from .models import RateCounter

logger = logging.getLogger(__name__)

KEPT = datetime.timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    name: str
    subject: str
    seconds: int
    most: int
    hard: bool


LIMITS = (
    Limit(name="network_soft", subject="network", seconds=600, most=5, hard=False),
    Limit(name="network_hard", subject="network", seconds=3600, most=30, hard=True),
    Limit(name="address_soft", subject="address", seconds=86400, most=5, hard=False),
    Limit(name="site_soft", subject="site", seconds=60, most=60, hard=False),
    Limit(name="site_hard", subject="site", seconds=60, most=600, hard=True),
    Limit(name="form_soft", subject="form", seconds=60, most=60, hard=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    is_soft_limited: bool = False
    retry_after: int | None = None
    """Seconds to wait; none while no hard limit is passed."""


def count(*, network: str, email: str, phone: str, form: str) -> Counted:
    """Count one submission. A limiter that fails lets it through, and says so once a minute (LEAD-31)."""
    if not settings.LEADS_LIMITS:
        return Counted()
    address = index_value("email", email) if email else index_value("phone", phone) if phone else ""
    subjects = {"network": network, "address": address, "site": "all", "form": form}
    try:
        with transaction.atomic():
            return _count(subjects, timezone.now())
    except DatabaseError:
        _report()
        return Counted()


def _count(subjects: dict[str, str], now: datetime.datetime) -> Counted:
    windows = {limit: _began(now, limit.seconds) for limit in LIMITS if subjects[limit.subject]}
    numbers = count_windows({_key(limit, subjects): began for limit, began in windows.items()})
    passed = [limit for limit in windows if numbers[_key(limit, subjects)] > _most(limit)]
    ends = [windows[limit] + datetime.timedelta(seconds=limit.seconds) - now for limit in passed if limit.hard]
    return Counted(
        is_soft_limited=any(not limit.hard for limit in passed),
        retry_after=max(1, int(max(ends).total_seconds())) if ends else None,
    )


def _most(limit: Limit) -> int:
    return settings.LEADS_RATES.get(limit.name, limit.most)


def _key(limit: Limit, subjects: dict[str, str]) -> str:
    return f"{limit.name}:{subjects[limit.subject]}"[:120]


def _began(now: datetime.datetime, seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, datetime.UTC)


_last_report = 0.0


def _report() -> None:
    global _last_report
    if time.monotonic() - _last_report >= 60:
        _last_report = time.monotonic()
        logger.error("The limiter of the forms does not work; submissions pass unlimited.", exc_info=True)


def forget_old() -> int:
    return RateCounter.objects.filter(began_at__lt=timezone.now() - KEPT).delete()[0]
