"""What the content checks heard of a live page at night, by which rules."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Hearing(models.Model):
    """One row a page, written anew when its live version or the rules, lexicon included, are others."""

    page = models.OneToOneField("publishing.Page", on_delete=models.CASCADE, related_name="hearing")
    version = models.ForeignKey("publishing.Version", on_delete=models.CASCADE, related_name="+")
    rules_sha256 = models.CharField(max_length=64)
    findings = models.JSONField(default=list)
    heard_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.page_id}, {self.heard_at:%Y-%m-%d}"
