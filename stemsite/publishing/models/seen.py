"""That somebody looked at a study which changed under a signed page, and found the page still right (PUB-11)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from stemsite.appendonly import AppendOnlyModel

from .page import of_page_never_public


class StudySeen(AppendOnlyModel):
    """One look: this page, that version of a study it shows."""

    ERASABLE = of_page_never_public("OLD.page_id")

    page = models.ForeignKey("publishing.Page", on_delete=models.PROTECT, related_name="studies_seen")
    study_version = models.ForeignKey("publishing.Version", on_delete=models.PROTECT, related_name="seen_on")
    seen_at = models.DateTimeField()
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_sample = models.BooleanField("made by the example site", default=False)

    class Meta:
        verbose_name_plural = "studies seen"
        constraints = (
            models.UniqueConstraint(
                fields=["page", "study_version"],
                name="study_seen_once",
                violation_error_message="Somebody has looked at this already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.study_version_id} on {self.page_id}"
