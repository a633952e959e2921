"""Immutable snapshots, and what each of them uses."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from stemsite.appendonly import AppendOnlyModel

from .page import of_page_never_public


class Version(AppendOnlyModel):
    """What a page said when it was saved, submitted, approved or published."""

    ERASABLE = of_page_never_public("OLD.page_id")

    class Action(models.TextChoices):
        SAVE = "save", "saved"
        SUBMIT = "submit", "submitted"
        REVERT = "revert", "reverted"
        PUBLISH = "publish", "published"
        CORRECT = "correct", "corrected"

    page = models.ForeignKey("publishing.Page", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    schema = models.PositiveSmallIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    action = models.CharField(max_length=20, choices=Action)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="versions"
    )
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    """The signed version whose signature this one keeps: it was put live as a harmless correction (PUB-144)."""
    is_sample = models.BooleanField("made by the example site", default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["page", "number"],
                name="version_number_unique",
                violation_error_message="This version number is taken.",
            ),
        )

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def short(self) -> str:
        """The first eight characters of the hash: printed at the page's foot."""
        return self.content_hash[:8]

    @property
    def title(self) -> str:
        title: str = self.content["title"]
        return title


class Use(models.Model):
    """That a Version names a study, reference, person, wording or picture file; why none of these can be deleted."""

    class Kind(models.TextChoices):
        STUDY = "study", "study"
        REFERENCE = "reference", "reference"
        PERSON = "person", "person"
        PICTURE = "picture", "picture"
        CONDITION = "condition", "condition"
        INTERVENTION = "intervention", "intervention"
        TOPIC = "topic", "topic"
        PAGE = "page", "page"
        WORDING = "wording", "wording"

    version = models.ForeignKey("publishing.Version", on_delete=models.CASCADE, related_name="uses")
    kind = models.CharField(max_length=20, choices=Kind)
    object_id = models.PositiveBigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["kind", "object_id"], name="use_of_object"),)
        constraints = (models.UniqueConstraint(fields=["version", "kind", "object_id"], name="use_once_per_version"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} in {self.version_id}"

    def key(self) -> tuple[Any, int]:
        return self.kind, self.object_id
