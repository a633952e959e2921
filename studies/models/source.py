"""What registries and files said, and when each was asked: the records that references are held against."""

from __future__ import annotations

import gzip

from django.conf import settings
from django.db import models

from stemsite.appendonly import AppendOnlyModel

from .reference import Reference


class SourceRecord(AppendOnlyModel):
    """What one source said about one work. A row more only when it says something else (EVD-32)."""

    source = models.CharField(max_length=40, help_text="Crossref, PubMed, ClinicalTrials.gov, or the format of a file.")
    external_id = models.CharField(max_length=220, help_text="The record's own name: doi:10.1000/x.")
    batch = models.ForeignKey("studies.ImportBatch", on_delete=models.PROTECT, null=True, related_name="source_records")
    address = models.CharField("address asked", max_length=600, blank=True, help_text="Without key or contact.")
    fetched_at = models.DateTimeField()
    fetched_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    raw = models.BinaryField("answer as it came, compressed", default=b"")
    raw_sha256 = models.CharField(max_length=64, blank=True)
    content = models.JSONField("canonical record")
    content_sha256 = models.CharField(max_length=64)
    etag = models.CharField(max_length=200, blank=True)
    parser_version = models.PositiveSmallIntegerField()
    is_sample = models.BooleanField("made by the example site", default=False)

    class Meta:
        indexes = (
            models.Index(fields=["source", "external_id", "-id"], name="source_record_newest"),
            models.Index(fields=["external_id"], name="source_record_id"),
        )

    def __str__(self) -> str:
        return f"{self.external_id} as {self.source} had it"

    @property
    def answer(self) -> bytes:
        """The bytes of the answer; none where the file that held the record is kept instead."""
        return gzip.decompress(self.raw) if self.raw else b""

    @property
    def title(self) -> str:
        return str(self.content.get("title") or self.external_id)


class LastAsked(models.Model):
    """When one source was last asked about one reference, and how that went (EVD-34)."""

    class Outcome(models.TextChoices):
        ANSWERED = "answered", "answered"
        UNKNOWN = "unknown", "has no such record"
        FAILED = "failed", "could not be asked"

    reference = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="asked")
    source = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    cause = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["reference", "source"], name="asked_once_per_source"),)

    def __str__(self) -> str:
        return f"{self.source}: {self.get_outcome_display()}"


class Answer(models.Model):
    """That a source answered about a reference at a moment: what readers were told of the last check stays known."""

    reference = models.ForeignKey("studies.Reference", on_delete=models.CASCADE, related_name="answers")
    source = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["reference", "source", "at"], name="answer_of_reference"),)

    def __str__(self) -> str:
        return f"{self.source}, {self.at:%Y-%m-%d %H:%M}"


class SourceState(models.Model):
    """How one source answered us last, when it may be asked again, and what of it need not be fetched again."""

    name = models.CharField(max_length=40, unique=True)
    answered_at = models.DateTimeField("last answer", null=True)
    failed_at = models.DateTimeField("last failure", null=True)
    error = models.CharField("last error", max_length=300, blank=True)
    rows = models.PositiveIntegerField("rows of the last list", default=0)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=80, blank=True)
    full_run_at = models.DateTimeField("everything was asked about", null=True)
    next_free_at = models.DateTimeField("next free moment", null=True)
    failures = models.PositiveSmallIntegerField("failures in a row", default=0)
    rests_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
