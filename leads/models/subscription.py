"""A place on the newsletter's list: pending until its owner confirms it (LEAD-43)."""

from __future__ import annotations

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stemsite.crypto import SealedJSONField

from .contact import Contact

CONFIRM_WITHIN = datetime.timedelta(days=7)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def open(self) -> Self:
        return self.filter(state__in=Subscription.OPEN)

    def confirmed(self) -> Self:
        return self.filter(state=Subscription.State.CONFIRMED)

    def to_be_mailed(self) -> Self:
        """Confirmed, and not on a pause."""
        return self.confirmed().filter(Q(paused_until__isnull=True) | Q(paused_until__lte=timezone.now()))


class Subscription(models.Model):
    """One round from sign-up to leaving; who comes back begins a new one, so an old link opens nothing new.

    The state is a cache of the ledger; ``verify_consent`` recomputes it.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waiting for confirmation"
        CONFIRMED = "confirmed", "Confirmed"
        EXPIRED = "expired", "Never confirmed"
        WITHDRAWN = "withdrawn", "Left"

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="subscriptions")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    topics = SealedJSONField(default=list, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    """When the newest confirmation letter was asked for; its link is good for a week from then."""
    confirmed_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    OPEN = (State.PENDING, State.CONFIRMED)

    class Meta:
        indexes = (models.Index(fields=["state", "asked_at"], name="subscription_state"),)
        constraints = (
            models.UniqueConstraint(
                fields=["contact"],
                condition=Q(state__in=["pending", "confirmed"]),
                name="subscription_one_open",
                violation_error_message="This person is on the list already.",
            ),
            models.CheckConstraint(
                name="subscription_confirmed_has_a_moment",
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                violation_error_message="A confirmed subscription says when it was confirmed.",
            ),
            models.CheckConstraint(
                name="subscription_ended_has_a_moment",
                condition=Q(state__in=["pending", "confirmed"], ended_at__isnull=True)
                | Q(state__in=["expired", "withdrawn"], ended_at__isnull=False),
                violation_error_message="A subscription that is over says when it ended, an open one does not.",
            ),
        )

    def __str__(self) -> str:
        return f"Subscription {self.pk}"
