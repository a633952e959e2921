"""Links by which people without an account may read one version that is not public."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class ShareLink(models.Model):
    """It names a version and no person. What ends it is asked at every opening (``sharing.open_links``)."""

    page = models.ForeignKey("publishing.Page", on_delete=models.CASCADE, related_name="share_links")
    version = models.ForeignKey("publishing.Version", on_delete=models.CASCADE, related_name="share_links")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="share_link_ends",
                condition=Q(expires_at__gt=F("created_at")),
                violation_error_message="A share link ends after it was made.",
            ),
        )

    def __str__(self) -> str:
        return f"Share link {self.pk}"
