"""Letting a mailer or a batch stand still, and letting it go on."""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from stemsite.audit.recording import record

from .models import DeliveryQuerySet, Pause

FIRST_PROBE = datetime.timedelta(minutes=1)
LONGEST_PROBE = datetime.timedelta(minutes=15)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What is not sent at this moment."""

    mailers: frozenset[str] = frozenset()
    batches: frozenset[str] = frozenset()
    probing: frozenset[str] = frozenset()
    """Paused mailers by which one letter may try now whether they work."""

    def filter(self, deliveries: DeliveryQuerySet) -> DeliveryQuerySet:
        if self.mailers:
            deliveries = deliveries.exclude(mailer__in=self.mailers)
        return deliveries.exclude(batch__in=self.batches) if self.batches else deliveries


def closed_now() -> Closed:
    now = timezone.now()
    mailers, batches, probing = set(), set(), set()
    for pause in Pause.objects.all():
        if pause.scope == Pause.Scope.BATCH:
            batches.add(pause.name)
        elif pause.probe_at is None or pause.probe_at > now:
            mailers.add(pause.name)
        else:
            probing.add(pause.name)
    return Closed(mailers=frozenset(mailers), batches=frozenset(batches), probing=frozenset(probing))


def pause_mailer(mailer: str, reason: str, *, probe: bool = True) -> None:
    """Our own fault, or too much trouble: nothing more goes by ``mailer``; with ``probe`` one letter tries at times."""
    with transaction.atomic():
        found = Pause.objects.filter(scope=Pause.Scope.MAILER, name=mailer).first()
        probes = found.probes + 1 if found else 0
        wait = min(FIRST_PROBE * 2 ** min(probes, 10), LONGEST_PROBE)
        values = {"reason": reason, "probes": probes, "probe_at": timezone.now() + wait if probe else None}
        Pause.objects.update_or_create(scope=Pause.Scope.MAILER, name=mailer, defaults=values)
    if found is None:
        logger.error("mail alert: the mailer %s was paused", mailer, extra={"facts": {"mailer": mailer}})


def take_probe(mailer: str) -> bool:
    """Whether this worker is the one that tries a paused mailer now."""
    due = Pause.objects.filter(scope=Pause.Scope.MAILER, name=mailer, probe_at__lte=timezone.now())
    return bool(due.update(probe_at=timezone.now() + FIRST_PROBE))


def mailer_works(mailer: str) -> None:
    """A letter went through: a pause that waited for just that is over."""
    Pause.objects.filter(scope=Pause.Scope.MAILER, name=mailer, probe_at__isnull=False).delete()


def pause_batch(batch: str, reason: str) -> None:
    Pause.objects.update_or_create(scope=Pause.Scope.BATCH, name=batch, defaults={"reason": reason})


def resume_batch(batch: str) -> None:
    Pause.objects.filter(scope=Pause.Scope.BATCH, name=batch).delete()


@transaction.atomic
def resume(pause: Pause, *, by: Any) -> bool:
    """A member of staff lets it go on."""
    done, _ = Pause.objects.filter(pk=pause.pk).delete()
    if done:
        record("mail resumed", by=by, obj=pause)
    return bool(done)
