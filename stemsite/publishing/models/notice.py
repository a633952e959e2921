"""What members of staff are told, each in their own list, and how each wants to be told (PUB-56)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)

    def for_digest(self) -> Self:
        """What still waits for its person's daily letter."""
        return self.filter(mailed_at=None)


class Notice(models.Model):
    """One thing told to one person. It goes with the page it is about; the audit log and history stay."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    page = models.ForeignKey("publishing.Page", on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    reference = models.CharField(max_length=120)
    words = models.CharField(max_length=300)
    path = models.CharField(max_length=200)
    told_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["user", "-told_at"], name="notice_of_user"),
            models.Index(fields=["mailed_at"], name="notice_for_digest", condition=Q(mailed_at__isnull=True)),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["user", "kind", "reference"],
                name="notice_once",
                violation_error_message="This was told already.",
            ),
        )

    def __str__(self) -> str:
        return self.words


class NoticeChoice(models.Model):
    """That somebody wants one kind of notice in the daily letter instead of at once; no row means at once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=60)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="notice_choice_once",
                violation_error_message="This is chosen already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} daily"
