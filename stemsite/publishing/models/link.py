"""Links of live pages, and whether they still lead somewhere (PUB-115)."""

from __future__ import annotations

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

BROKEN_AFTER = 3
"""Days on which a link failed before it is called broken."""


class LinkQuerySet(models.QuerySet["Link"]):
    def wanting(self) -> Self:
        """Suspect and broken ones that nobody has decided to leave for now."""
        today = timezone.localdate()
        return self.filter(failed_days__gt=0).filter(Q(ignored_until=None) | Q(ignored_until__lt=today))

    def broken(self) -> Self:
        return self.wanting().filter(failed_days__gte=BROKEN_AFTER)


class Link(models.Model):
    """One target, wherever it is linked from: one failure makes it suspect, failures on three days broken."""

    target = models.CharField(max_length=1000, unique=True)
    failed_days = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateField(null=True)
    failed_on = models.DateField(null=True)
    tried_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=200, blank=True)
    ignored_until = models.DateField(null=True)
    ignored_because = models.CharField(max_length=300, blank=True)
    ignored_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = LinkQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["failed_days"], name="link_failing"),)
        constraints = (
            models.CheckConstraint(
                name="link_failing_says_since",
                condition=Q(failed_days=0, failing_since__isnull=True)
                | Q(failed_days__gt=0, failing_since__isnull=False),
                violation_error_message="A link that fails says since when.",
            ),
            models.CheckConstraint(
                name="link_ignored_says_why_and_by_whom",
                condition=Q(ignored_until__isnull=True) | (Q(ignored_by__isnull=False) & ~Q(ignored_because="")),
                violation_error_message="A link that is left for now says why, and who decided it.",
            ),
        )

    def __str__(self) -> str:
        return self.target

    @property
    def state(self) -> str:
        if not self.failed_days:
            return "good"
        return "broken" if self.failed_days >= BROKEN_AFTER else "suspect"

    def failed(self, said: str, on: datetime.date) -> None:
        """Count a failure, once a day."""
        self.said = said[:200]
        if self.failed_on != on:
            self.failed_on = on
            self.failed_days = min(self.failed_days + 1, 30_000)
            self.failing_since = self.failing_since or on

    def answered(self, said: str = "") -> None:
        self.said, self.failed_days, self.failing_since, self.failed_on = said[:200], 0, None, None


class LinkUse(models.Model):
    """Where on a live page a link stands; written anew every night."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="uses")
    page = models.ForeignKey("publishing.Page", on_delete=models.CASCADE, related_name="link_uses")
    section = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.text or self.link_id} on {self.page_id}"
