"""How a member of staff wants to hear of what arrives (LEAD-106)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class StaffNotices(models.Model):
    """The choice of one colleague; who never chose has no row, and hears at once. It goes with the account."""

    class Enquiries(models.TextChoices):
        AT_ONCE = "at once", "Within a minute of each new enquiry, and what waits each morning"
        DAILY = "daily", "What waits, once each morning"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lead_notices")
    enquiries = models.CharField("new enquiries", max_length=10, choices=Enquiries, default=Enquiries.AT_ONCE)

    class Meta:
        verbose_name = verbose_name_plural = "notices of staff"
        constraints = (
            models.CheckConstraint(
                name="staffnotices_known",
                condition=models.Q(enquiries__in=["at once", "daily"]),
                violation_error_message="Choose one of the ways to hear of enquiries.",
            ),
        )

    def __str__(self) -> str:
        return f"notices of user {self.user_id}"
