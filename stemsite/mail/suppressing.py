"""Who must not be written to, and why; only digests of addresses are kept (LEAD-70, LEAD-72)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from stemsite.audit.recording import record
from stemsite.crypto import digest, index_values

from .models import SoftBounces, Suppression

ENOUGH = 6
"""Half points that suppress: three whole ones."""

QUIET = datetime.timedelta(days=30)


def is_suppressed(address: str) -> bool:
    return Suppression.objects.in_force().filter(index__in=index_values("email", address)).exists()


def suppressed_among(addresses: Iterable[str]) -> set[str]:
    """Those of ``addresses`` that must not be written to; for a few hundred at a time."""
    wanted = {value: address for address in addresses for value in index_values("email", address)}
    found = Suppression.objects.in_force().filter(index__in=list(wanted)).values_list("index", flat=True)
    return {wanted[value] for value in found}


def suppress(
    address: str, reason: Suppression.Reason, *, source: str = "", note: str = "", by: Any = None
) -> Suppression | None:
    """Write to ``address`` no more; none when it was suppressed already. Staff say why."""
    if reason == Suppression.Reason.STAFF and not note.strip():
        raise ValidationError({"note": "Say why this address must not be written to."})
    with transaction.atomic():
        if is_suppressed(address):
            return None
        kept = Suppression.objects.create(
            digest=digest("email", address), reason=reason, source=source, note=note, by=by
        )
        record("suppressed an address", by=by, obj=kept, reason=str(reason))
    return kept


def lift(suppression: Suppression, *, by: Any, note: str) -> bool:
    """The owner lets an address be written to again, after the person confirmed it afresh."""
    if not note.strip():
        raise ValidationError({"note": "Say when and how the person asked for mail again."})
    with transaction.atomic():
        done = Suppression.objects.in_force().filter(pk=suppression.pk)
        if not done.update(lifted_at=timezone.now(), lifted_by=by, lifted_note=note):
            return False
        SoftBounces.objects.filter(index__in=index_values("digest", suppression.digest)).delete()
        record("lifted a suppression", by=by, obj=suppression)
    return True


def score(address: str, *, source: str = "") -> None:
    """A letter came back for a reason that may pass: half a point a day, three points suppress."""
    today = timezone.localdate()
    with transaction.atomic():
        soft = SoftBounces.objects.select_for_update().filter(index__in=index_values("email", address)).first()
        if soft is None:
            SoftBounces.objects.create(digest=digest("email", address), halves=1, last_on=today)
            return
        if soft.last_on == today:
            return
        halves = 1 if today - soft.last_on > QUIET else soft.halves + 1
        SoftBounces.objects.filter(pk=soft.pk).update(halves=halves, last_on=today)
        if halves >= ENOUGH:
            suppress(address, Suppression.Reason.BOUNCES, source=source)
