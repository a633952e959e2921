"""A person asked to see or to erase what we hold (LEAD-116)."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .contact import Contact

ANSWER_WITHIN = datetime.timedelta(days=30)
"""The stricter of the two laws (GDPR 12; the states give 45 days)."""


def due_from_today() -> datetime.date:
    return timezone.localdate() + ANSWER_WITHIN


class PrivacyRequest(models.Model):
    class Kind(models.TextChoices):
        ACCESS = "access", "Wants to see what we hold"
        ERASURE = "erasure", "Wants to be erased"

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="privacy_requests")
    kind = models.CharField(max_length=10, choices=Kind)
    asked_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(default=due_from_today)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["contact", "kind"],
                condition=Q(done_at__isnull=True),
                name="privacyrequest_one_open",
                violation_error_message="This was asked for already and is not done yet.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, due {self.due_on}"
