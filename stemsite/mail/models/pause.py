"""What stands still: a mailer that our own fault broke, or a batch that somebody stopped."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Pause(models.Model):
    """One mailer or one batch of which nothing is sent now. ``probe_at``: when one letter may try whether it works."""

    class Scope(models.TextChoices):
        MAILER = "mailer"
        BATCH = "batch"

    scope = models.CharField(max_length=10, choices=Scope)
    name = models.CharField(max_length=60)
    reason = models.TextField()
    since = models.DateTimeField(default=timezone.now)
    probe_at = models.DateTimeField(null=True, blank=True)
    probes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["scope", "name"], name="pause_once"),)

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.name}"

    @property
    def words(self) -> str:
        """For staff: what stands still, and whether it goes on by itself."""
        what = f"Mail by the mailer “{self.name}”" if self.scope == self.Scope.MAILER else f"The batch “{self.name}”"
        return f"{what} stands still{', and one letter is tried now and then' if self.probe_at else ''}."
