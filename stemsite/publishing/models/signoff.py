"""Signatures: who answers for exactly which text."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from stemsite.appendonly import AppendOnlyModel
from stemsite.clinic.models.person import initials_of

from .page import of_page_never_public


class SignOff(AppendOnlyModel):
    """A signature under one Version; the public byline is rendered from this record only."""

    ERASABLE = of_page_never_public("(SELECT page_id FROM publishing_version WHERE id = OLD.version_id)")

    class Kind(models.TextChoices):
        REVIEW = "review", "whole page reviewed"
        CONFIRMATION = "confirmation", "minor change confirmed"
        COUNTERSIGNATURE = "countersignature", "reviewer's edit seen and agreed"

    version = models.ForeignKey("publishing.Version", on_delete=models.PROTECT, related_name="sign_offs")
    content_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, choices=Kind)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_offs")
    person = models.ForeignKey(
        "clinic.Person", on_delete=models.PROTECT, null=True, related_name="sign_offs", help_text="Their profile."
    )
    name = models.CharField(max_length=120)
    credentials = models.CharField(max_length=80, blank=True)
    specialty = models.CharField(max_length=120, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    licence_url = models.URLField(blank=True)
    person_slug = models.CharField(max_length=120, blank=True)
    photo_file = models.PositiveBigIntegerField("picture file", null=True)
    statement = models.TextField()
    reviewed_on = models.DateField(null=True)
    review_due_on = models.DateField(null=True)
    is_sample = models.BooleanField("made by the example site", default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="sign_off_review_has_dates_and_credentials",
                condition=Q(kind="countersignature")
                | (Q(reviewed_on__isnull=False, review_due_on__isnull=False) & ~Q(credentials="")),
                violation_error_message="A medical signature needs credentials, the review date and the next one.",
            ),
            models.CheckConstraint(
                name="sign_off_due_after_review",
                condition=Q(review_due_on__isnull=True) | Q(review_due_on__gt=F("reviewed_on")),
                violation_error_message="The next review comes after this one.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, {self.get_kind_display()}"

    @property
    def is_medical(self) -> bool:
        return self.kind != self.Kind.COUNTERSIGNATURE

    @property
    def initials(self) -> str:
        return initials_of(self.name)
