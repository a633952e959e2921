"""Existing pages that were handed in to be audited, and what was found on them."""

from __future__ import annotations

import gzip
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


class PageAudit(models.Model):
    """One page as it was handed in, stored before anything is read of it, and its defects (EVD-87)."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting to be read"
        DONE = "done", "read"
        REFUSED = "refused", "refused"

    name = models.CharField(max_length=200)
    data = models.BinaryField("bytes as they came, compressed")
    records = models.BinaryField("records to hold it against, compressed", default=b"")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    problem = models.TextField(blank=True)
    found = models.JSONField("references, studies and findings", default=dict)
    basis = models.TextField("what it was held against", blank=True)
    errors = models.PositiveIntegerField(default=0)
    handed_in_at = models.DateTimeField()
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="page_audits")
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="page_audit_read_when_done",
                condition=Q(state="waiting", read_at__isnull=True) | (~Q(state="waiting") & Q(read_at__isnull=False)),
                violation_error_message="A page that was read says when.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def page_bytes(self) -> bytes:
        return gzip.decompress(self.data)

    @property
    def record_bytes(self) -> bytes:
        return gzip.decompress(self.records) if self.records else b""

    @property
    def is_at_work(self) -> bool:
        return self.state == self.State.WAITING

    def part(self, name: str) -> list[Any]:
        """``references``, ``studies`` or ``findings`` as they were found."""
        return list(self.found.get(name, ()))
