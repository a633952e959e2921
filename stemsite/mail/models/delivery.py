"""The outbox: every letter is a row, written with the change that wants it."""

from __future__ import annotations

import datetime
import logging
import random
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from stemsite.crypto import BlindIndexField, SealedJSONField, SealedTextField
from stemsite.tasks.leases import LeasedQuerySet, LeasedRow

from .. import kinds

TRANSACTIONAL, NEWSLETTER = 10, -10
"""How urgent a letter is when nobody says; a newsletter never stands before anything else (LEAD-55)."""

FIRST_PAUSE = datetime.timedelta(seconds=15)
LONGEST_PAUSE = datetime.timedelta(hours=1)
GIVE_UP = datetime.timedelta(hours=48)
GIVE_UP_NEWSLETTER = datetime.timedelta(hours=24)
LEASE = datetime.timedelta(seconds=120)
LOST_LEASES = 5

logger = logging.getLogger(__name__)


class DeliveryQuerySet(LeasedQuerySet["Delivery"]):
    def unfinished(self) -> Self:
        return self.filter(state__in=(Delivery.State.QUEUED, Delivery.State.LEASED))

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)


class Delivery(LeasedRow):
    """One letter to one address. ``kind`` and ``reference`` make it unique: asked for twice, sent once.

    Nothing here says in clear who gets it or what it says; ``reference`` and ``batch`` are opaque (LEAD-53).
    """

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        LEASED = "leased", "in hand"
        SENT = "sent", "sent"
        FAILED = "failed", "failed"
        SUPPRESSED = "suppressed", "suppressed"
        CANCELLED = "cancelled", "cancelled"
        PARKED = "parked", "parked"

    WELL: ClassVar[str] = State.SENT

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=120)
    batch = models.CharField(max_length=60, blank=True, db_index=True)
    mailer = models.CharField(max_length=20, default="transactional")
    message_id = models.CharField(max_length=120, unique=True)
    recipient = SealedTextField(blank=True)
    recipient_index = BlindIndexField(source="recipient", kind="email", db_index=True)
    pin = SealedJSONField(default=dict, blank=True)
    letter = SealedJSONField(default=dict, blank=True)
    verdict = models.CharField(max_length=20, blank=True)
    first_tried_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    build_failures = models.PositiveSmallIntegerField(default=0)
    lost_leases = models.PositiveSmallIntegerField(default=0)
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = (
            models.Index("state", F("priority").desc(), "due_at", name="delivery_claimable"),
            models.Index(fields=["kind", "state"], name="delivery_of_kind"),
        )
        constraints = (
            *LeasedRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["kind", "reference"],
                name="delivery_once",
                violation_error_message="This letter is queued already.",
            ),
            models.CheckConstraint(
                name="delivery_newsletter_goes_last",
                condition=Q(mailer="newsletter", priority__lt=0) | (~Q(mailer="newsletter") & Q(priority__gte=0)),
                violation_error_message="A newsletter goes after every other letter.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and not self.priority:
            self.priority = NEWSLETTER if self.mailer == "newsletter" else TRANSACTIONAL
        super().save(*args, **kwargs)

    @property
    def to(self) -> str:
        return str(self.recipient)

    @property
    def words(self) -> dict[str, Any]:
        return self.letter if isinstance(self.letter, dict) else {}

    @property
    def subject(self) -> str:
        """Of a letter whose words were written when it was queued; others are written when they are sent."""
        return str(self.words.get("subject", ""))

    @property
    def text(self) -> str:
        return str(self.words.get("text", ""))

    @property
    def html(self) -> str:
        return str(self.words.get("html", ""))

    @property
    def is_deferred(self) -> bool:
        return self.state == self.State.QUEUED and self.attempts > 0

    @property
    def shown_state(self) -> str:
        return "deferred" if self.is_deferred else str(self.State(self.state).label)

    @classmethod
    def claiming(cls) -> dict[str, Any]:
        lost = Case(
            When(state="leased", then=F("lost_leases") + 1),
            default=F("lost_leases"),
            output_field=models.IntegerField(),
        )
        first = Coalesce(F("first_tried_at"), Value(timezone.now(), models.DateTimeField()))
        return {**super().claiming(), "lost_leases": lost, "first_tried_at": first}

    @property
    def is_hopeless(self) -> bool:
        return self.lost_leases + 1 >= LOST_LEASES

    def next_pause(self) -> datetime.timedelta | None:
        """LEAD-62: 15 s, doubled at each try, at most an hour, spread by chance; none after two days of trying."""
        limit = GIVE_UP_NEWSLETTER if self.mailer == "newsletter" else GIVE_UP
        if self.first_tried_at is not None and timezone.now() - self.first_tried_at >= limit:
            return None
        pause: datetime.timedelta = min(FIRST_PAUSE * 2 ** min(self.attempts - 1, 20), LONGEST_PAUSE)
        return pause * random.uniform(0.7, 1.3)  # noqa: S311

    def fail(self, error: str, *, final: bool = False, **fields: Any) -> bool:
        return super().fail(error, final=final, **{"lost_leases": 0, **fields})

    def close(self, state: str, **fields: Any) -> bool:
        """The end, told to the app whose letter it is; an app that stumbles over it does not undo it (LEAD-58)."""
        with transaction.atomic():
            if not super().close(state, **fields):
                return False
            for name, value in {**fields, "state": state}.items():
                setattr(self, name, value)
            kinds.tell(self)
        if state == self.State.FAILED:
            facts = {"delivery": self.pk, "kind": self.kind, "verdict": self.verdict}
            logger.error("mail alert: a letter failed for good", extra={"facts": facts})
        return True

    def retry(self) -> bool:
        """A person asks for another try of a letter that failed."""
        afresh = {"attempts": 0, "build_failures": 0, "lost_leases": 0, "first_tried_at": None, "finished_at": None}
        failed = type(self).objects.filter(pk=self.pk, state=self.State.FAILED)
        return bool(failed.update(state=self.State.QUEUED, due_at=timezone.now(), verdict="", **afresh))
