"""Trials that we name, as their registry last had them, and what it said otherwise than before."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .source import LastAsked, SourceRecord


class Trial(models.Model):
    """One registered trial: its newest record, and when the registry was asked about it (EVD-55)."""

    number = models.CharField("registry number", max_length=40, unique=True)
    record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=LastAsked.Outcome)
    cause = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="trial_answered_has_its_record",
                condition=~Q(outcome="answered") | Q(record__isnull=False, answered_at__isnull=False),
                violation_error_message="A registry that answered has given a record.",
            ),
        )

    def __str__(self) -> str:
        return self.number


class TrialChange(models.Model):
    """One thing that a registry says now and did not say before; it stays on record after somebody looked at it."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="changes")
    record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=40)
    was = models.TextField()
    now = models.TextField()
    first_seen_at = models.DateTimeField()
    seen_at = models.DateTimeField("looked at", null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    seen_note = models.TextField("what was done about it", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["trial", "record", "what"], name="trial_change_once"),
            models.CheckConstraint(
                name="trial_change_seen_by_somebody",
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
                violation_error_message="Whoever looked at a change is named.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.trial}, {self.what}: the record says now “{self.now}”, it was “{self.was}”"
