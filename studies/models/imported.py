"""Files and identifiers that were brought in, and what became of every record in them."""

from __future__ import annotations

import gzip

from django.conf import settings
from django.db import models
from django.db.models import Q

from .reference import Reference
from .source import SourceRecord


class ImportBatch(models.Model):
    """One file, or one list of identifiers, stored before anything is read of it (EVD-11)."""

    class Kind(models.TextChoices):
        FILE = "file", "file"
        IDENTIFIERS = "identifiers", "identifiers"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting to be read"
        READING = "reading", "being read"
        READY = "ready", "ready to be looked at"
        REFUSED = "refused", "refused"
        APPLYING = "applying", "being applied"
        APPLIED = "applied", "applied"
        UNDONE = "undone", "undone"

    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=200)
    data = models.BinaryField("bytes as they came, compressed")
    sha256 = models.CharField(max_length=64, unique=True)
    wanted_format = models.CharField(max_length=20, default="auto")
    format = models.CharField("format read", max_length=20, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    problem = models.TextField(blank=True)
    found = models.PositiveIntegerField("records found", default=0)
    read = models.PositiveIntegerField("records read so far", default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="import_batches"
    )
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "import"
        verbose_name_plural = "imports"

    def __str__(self) -> str:
        return self.name

    @property
    def bytes(self) -> bytes:
        return gzip.decompress(self.data)

    @property
    def is_at_work(self) -> bool:
        return self.state in {self.State.WAITING, self.State.READING, self.State.APPLYING}


class ImportRow(models.Model):
    """One record of a batch: what was read, what it would become, what a person decided, what it became."""

    class State(models.TextChoices):
        NEW = "new", "new"
        UNCHANGED = "unchanged", "known, nothing to add"
        FILLS = "fills", "known, fills empty fields"
        DIFFERS = "differs", "known, differs"
        PROBABLE = "probable", "probably known"
        REPEATED = "repeated", "repeated in this file"
        CONFLICT = "conflict", "identifiers lead to different sources"
        INCOMPLETE = "incomplete", "too little to go by"
        FAILED = "failed", "could not be read"
        NOT_FOUND = "not found", "the source has no such record"
        NOT_CHECKED = "not checked", "the source could not be asked"

    class Decision(models.TextChoices):
        NONE = "", "not decided"
        TAKE = "take", "take"
        NEW = "new", "take as a new source"
        MERGE = "merge", "take as the source that was found"
        SKIP = "skip", "skip"

    class Outcome(models.TextChoices):
        NONE = "", "nothing yet"
        CREATED = "created", "created"
        MERGED = "merged", "merged"
        UNCHANGED = "unchanged", "nothing to add"
        SKIPPED = "skipped", "skipped"
        FAILED = "failed", "failed"
        UNDONE = "undone", "taken back"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=20, choices=State)
    problem = models.TextField(blank=True)
    original = models.TextField(blank=True, help_text="What stood in the file, where it could not be read.")
    record = models.JSONField(null=True)
    source_record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, null=True, related_name="rows")
    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, null=True, related_name="import_rows")
    made = models.ForeignKey(Reference, on_delete=models.PROTECT, null=True, related_name="+")
    others = models.JSONField("sources that come near", default=list)
    fills = models.JSONField(default=dict, help_text="Empty fields and what they would hold.")
    differs = models.JSONField(default=dict, help_text='{"volume": ["16", "17"]}: ours, the record\'s.')
    decision = models.CharField(max_length=10, choices=Decision, blank=True, default=Decision.NONE)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default=Outcome.NONE)
    filled = models.JSONField(default=dict, help_text="What applying wrote, so that it can be taken back.")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_once"),
            models.CheckConstraint(
                name="import_row_outcome_has_its_reference",
                condition=~Q(outcome__in=("created", "merged", "unchanged")) | Q(reference__isnull=False),
                violation_error_message="A record that was taken has its source.",
            ),
        )
        indexes = (models.Index(fields=["batch", "state"], name="import_row_states"),)

    def __str__(self) -> str:
        return f"{self.batch}, row {self.number}"

    @property
    def title(self) -> str:
        return str((self.record or {}).get("title") or (self.record or {}).get("id") or "")

    @property
    def is_open(self) -> bool:
        """Whether applying may still act on it; what failed may be tried again."""
        return self.outcome in {self.Outcome.NONE, self.Outcome.UNDONE, self.Outcome.FAILED}
