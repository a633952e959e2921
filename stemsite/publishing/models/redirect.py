"""Addresses that were public once, and where they lead now."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Redirect(models.Model):
    """A retired address. One that names a page follows it through every later change of slug in one hop."""

    from_path = models.CharField("old address", max_length=200, unique=True, help_text="Such as /conditions/mnd/.")
    page = models.ForeignKey(
        "publishing.Page", on_delete=models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    to_path = models.CharField("leads to", max_length=200, blank=True, help_text="Only where no page is chosen.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="redirects"
    )
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="redirect_has_one_target",
                condition=(Q(page__isnull=False) & Q(to_path="")) | (Q(page__isnull=True) & ~Q(to_path="")),
                violation_error_message="Choose a page or give an address, not both.",
            ),
            models.CheckConstraint(
                name="redirect_is_no_loop",
                condition=~Q(from_path=models.F("to_path")),
                violation_error_message="A redirect cannot lead to itself.",
            ),
        )

    def __str__(self) -> str:
        return self.from_path

    @property
    def target(self) -> str | None:
        """Where readers are sent, or none while the page is not public."""
        return self.to_path or (self.page.live_path if self.page else None)
