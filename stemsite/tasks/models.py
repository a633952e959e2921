"""Jobs of Django's Tasks API, what runs periodically, and who is at work."""

from __future__ import annotations

import uuid

from django.db import models

from .leases import LeasedQuerySet, LeasedRow


class Job(LeasedRow):
    """One enqueued task."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    lane = models.CharField(max_length=20)
    task = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    worker = models.CharField(max_length=80, blank=True)

    objects = LeasedQuerySet["Job"].as_manager()

    class Meta(LeasedRow.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.task} ({self.get_state_display()})"


class PeriodicRun(models.Model):
    """When a periodic job is due next; one row per job, claimed by moving the due time on."""

    name = models.CharField(max_length=120, unique=True)
    due_at = models.DateTimeField()
    last_started_at = models.DateTimeField(null=True)
    last_finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """When a worker was last seen at work."""

    worker = models.CharField(max_length=80, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker
