"""Who did what when: an append-only chain in which every event carries the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import models

from stemsite.appendonly import AppendOnlyModel


class AuditEvent(AppendOnlyModel):
    """One event. No foreign keys, so that the record outlives its subjects; no personal detail in ``detail``."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)
    actor_id = models.PositiveBigIntegerField(null=True)
    actor = models.CharField(max_length=150, blank=True)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    object_label = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=["object_type", "object_id"], name="audit_of_object"),)

    def __str__(self) -> str:
        return f"{self.number}: {self.verb}"

    def computed_hash(self) -> str:
        """SHA-256 over the event's own values and the hash before it."""
        values: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                "number", "actor_id", "actor", "verb", "object_type", "object_id", "object_label", "note", "detail",
                "previous_hash",
            )
        }  # fmt: skip
        values["at"] = self.at.isoformat()
        return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class ChainHead(models.Model):
    """How long the chain is and how it ends: what reveals that its last events were cut off."""

    length = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    class Meta:
        constraints = (models.CheckConstraint(name="chain_head_is_one", condition=models.Q(pk=1)),)

    def __str__(self) -> str:
        return f"{self.length} events"
