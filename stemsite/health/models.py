"""One row that is written to prove that rows can be written."""

from __future__ import annotations

from django.db import models


class Probe(models.Model):
    """The last write that a readiness check made."""

    written_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(name="probe_is_one", condition=models.Q(pk=1)),)

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d %H:%M:%S}"
