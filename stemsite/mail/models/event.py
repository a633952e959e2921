"""What a provider told us about letters, by its own number, so that nothing is counted twice."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class ProviderEvent(models.Model):
    """One event of one provider (LEAD-72): its name and its number, and nothing of what it said."""

    provider = models.CharField(max_length=30)
    name = models.CharField("the provider's number of it", max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["provider", "name"],
                name="providerevent_once",
                violation_error_message="This event was counted already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} event {self.pk}"
