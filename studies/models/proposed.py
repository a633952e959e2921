"""Values of a study that a record proposed, until a person has said that they are right."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .source import SourceRecord
from .study import Study


class ProposedValue(models.Model):
    """One value in one place of a study's draft, as a record has it; readers see nothing unconfirmed (EVD-18)."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="proposed")
    place = models.CharField(max_length=60, help_text="design, fact:enrolled, registration:NCT05695521")
    value = models.JSONField()
    says = models.CharField("the record's own words", max_length=300)
    record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["study", "place"], name="proposed_once_per_place"),
            models.CheckConstraint(
                name="proposed_confirmed_by_somebody",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                violation_error_message="Whoever confirmed a value is named.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.place} of {self.study}"
