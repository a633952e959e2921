"""What is to happen to a page at a set time."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .transition import Transition


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def pending(self) -> Self:
        return self.filter(state=Schedule.State.PENDING)

    def due(self) -> Self:
        return self.pending().filter(due_at__lte=timezone.now()).order_by("due_at", "pk")


class Schedule(models.Model):
    """One publish or withdrawal at a moment; it acts on the version named here, whatever is edited meanwhile."""

    class What(models.TextChoices):
        PUBLISH = "publish", "publish"
        WITHDRAW = "withdraw", "withdraw"

    class State(models.TextChoices):
        PENDING = "pending", "waiting"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    page = models.ForeignKey("publishing.Page", on_delete=models.CASCADE, related_name="schedules")
    what = models.CharField(max_length=10, choices=What)
    version = models.ForeignKey("publishing.Version", on_delete=models.PROTECT, null=True, related_name="schedules")
    due_at = models.DateTimeField()
    change = models.CharField(max_length=10, choices=Transition.Change, blank=True)
    note = models.TextField(blank=True)
    reason = models.TextField("reason for the record", blank=True, db_default="")
    withdrawn_as = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    scheduled_at = models.DateTimeField(default=timezone.now)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="schedules")
    finished_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["state", "due_at"], name="schedule_due"),)
        constraints = (
            models.UniqueConstraint(
                fields=["page", "what"],
                condition=Q(state="pending"),
                name="schedule_one_pending",
                violation_error_message="This is already scheduled; cancel that first.",
            ),
            models.CheckConstraint(
                name="schedule_publish_names_version",
                condition=Q(what="withdraw") | Q(version__isnull=False),
                violation_error_message="A scheduled publish names the version that was approved.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.page} at {self.due_at:%Y-%m-%d %H:%M}"
