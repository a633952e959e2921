"""Knowing a restored database (LEAD-69): its own number is lower than the one kept in the data folder."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from stemsite.audit.recording import record

from .models import Delivery, Pulse

logger = logging.getLogger(__name__)


def beat() -> bool:
    """Count one further, inside and then outside; false when this database lies behind, and all letters were parked.

    The outside is written after the commit, so it is never ahead, but of a database that came out of a backup.
    """
    with transaction.atomic():
        pulse, _ = Pulse.objects.select_for_update().get_or_create(pk=1)
        outside = _read(pulse.database)
        is_behind = outside > pulse.number
        if is_behind:
            park_all("The database came out of a backup.", by=None)
        Pulse.objects.filter(pk=1).update(number=max(outside, pulse.number) + 1)
        number = Pulse.objects.values_list("number", flat=True).get(pk=1)
    _write(pulse.database, number)
    return not is_behind


@transaction.atomic
def park_all(reason: str, *, by: Any) -> int:
    """Let no unfinished letter go before an operator releases it: it may have been sent already."""
    parked = Delivery.objects.unfinished().update(
        state=Delivery.State.PARKED, lease_token=None, lease_until=None, last_error=reason
    )
    record("letters parked", by=by, note=reason, letters=parked)
    logger.error("mail alert: letters were parked", extra={"facts": {"letters": parked}})
    return parked


def release(delivery: Delivery, *, by: Any) -> bool:
    """An operator lets one parked letter go."""
    with transaction.atomic():
        parked = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PARKED)
        done = parked.update(state=Delivery.State.QUEUED, first_tried_at=None, last_error="", attempts=F("attempts"))
        if done:
            record("let a parked letter go", by=by, obj=delivery)
    return bool(done)


def _file() -> Path:
    return Path(settings.DATA_DIR) / "mail-pulse.json"


def _read(database: UUID) -> int:
    """The number kept outside for this very database; nought when there is none."""
    try:
        kept = json.loads(_file().read_text(encoding="utf-8"))
        return int(kept["number"]) if kept["database"] == str(database) else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _write(database: UUID, number: int) -> None:
    try:
        fresh = _file().with_suffix(".new")
        fresh.write_text(json.dumps({"database": str(database), "number": number}), encoding="utf-8")
        fresh.replace(_file())
    except OSError:
        logger.warning("mail: the pulse could not be written beside the database")
