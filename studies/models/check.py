"""Verdicts on references, one row a check, and what people decided about them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual

from stemsite.appendonly import AppendOnlyModel

from .reference import Reference
from .source import SourceRecord

SHORTEST_REASON = 20


class Check(AppendOnlyModel):
    """One comparison of one reference with a record: the verdict and what differs (EVD-33)."""

    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="checks")
    fingerprint = models.CharField("of the reference as it was", max_length=64)
    verdict = models.CharField(max_length=20, choices=Reference.Verdict)
    mismatches = models.JSONField(default=list, help_text='[{"field": ..., "reference": ..., "record": ...}]')
    notes = models.JSONField(default=list)
    causes = models.JSONField("sources that could not be asked", default=list)
    record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, null=True, related_name="+")
    leads_to = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, null=True, related_name="+")
    runners_up = models.JSONField("kept records that come near", default=list)
    standing = models.CharField(max_length=30, blank=True)
    checker_version = models.PositiveSmallIntegerField()
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", help_text="None: scheduled."
    )
    is_sample = models.BooleanField("made by the example site", default=False)

    class Meta:
        indexes = (models.Index(fields=["reference", "-id"], name="check_newest"),)

    def __str__(self) -> str:
        return f"{self.reference.short}: {self.get_verdict_display()}"

    @property
    def content_sha256(self) -> str:
        return self.record.content_sha256 if self.record else self.leads_to.content_sha256 if self.leads_to else ""


class Acceptance(models.Model):
    """A difference that a person keeps, with a reason; it holds for these words on both sides only (EVD-33)."""

    reference = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="acceptances")
    field = models.CharField(max_length=20)
    reference_says = models.TextField(blank=True)
    record_says = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64, blank=True)
    reason = models.TextField()
    accepted_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    right = models.CharField("right used", max_length=60)
    expires_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reference", "field", "fingerprint", "content_sha256"],
                condition=Q(ended_at=None),
                name="acceptance_once",
                violation_error_message="This difference is accepted already.",
            ),
            models.CheckConstraint(
                name="acceptance_has_a_reason",
                condition=GreaterThanOrEqual(Length("reason"), SHORTEST_REASON),
                violation_error_message=f"Give a reason of at least {SHORTEST_REASON} characters.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.field} of {self.reference.short}: kept, because {self.reason}"


class Correction(AppendOnlyModel):
    """One field of a reference, taken from its record by a person or given back; what stood there is kept."""

    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="corrections")
    check_row = models.ForeignKey(Check, on_delete=models.PROTECT, null=True, related_name="corrections")
    field = models.CharField(max_length=20)
    before = models.JSONField()
    after = models.JSONField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_sample = models.BooleanField("made by the example site", default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["undoes"], name="correction_undone_once"),)

    def __str__(self) -> str:
        return f"{self.field} of {self.reference.short}"

    @property
    def is_undone(self) -> bool:
        return hasattr(self, "undone_by")
