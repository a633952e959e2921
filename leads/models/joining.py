"""Two records that staff found to be one person, and how it was before (LEAD-99)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .contact import Contact


class Joining(models.Model):
    """One act. No row moves by it, so that it can be undone; only what the stricter consent ended is listed."""

    kept = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="joinings")
    joined = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="joined_by")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended = models.JSONField(default=list)
    """Of each consent that ended: its entry in the ledger and what stood before, as numbers and moments."""
    suppressions = models.JSONField(default=list)
    """Addresses that must not be written to since, by the numbers of their rows."""
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    class Meta:
        verbose_name = "joining of two records"
        verbose_name_plural = "joinings of two records"
        constraints = (
            models.UniqueConstraint(
                fields=["joined"],
                condition=Q(undone_at__isnull=True),
                name="joining_one_in_force",
                violation_error_message="This record is joined already.",
            ),
            models.CheckConstraint(
                name="joining_of_two",
                condition=~Q(kept=F("joined")),
                violation_error_message="Two records are joined, not one with itself.",
            ),
            models.CheckConstraint(
                name="joining_undone_by_somebody",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                violation_error_message="Undoing names who did it.",
            ),
        )

    def __str__(self) -> str:
        return f"Joining {self.pk}"
