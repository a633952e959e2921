"""That somebody let a finding of the content checks stand: who, by which right, why, and until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils import timezone

from .page import Page

models.CharField.register_lookup(Length)
models.TextField.register_lookup(Length)

FEWEST = 20
"""Characters of a reason: one that a colleague understands a year later."""


class OverrideQuerySet(models.QuerySet["Override"]):
    def standing(self) -> Self:
        return self.filter(revoked_at=None, expires_on__gte=timezone.localdate())

    def in_force(self, page: Page) -> dict[str, int]:
        """The fingerprints of what may stand on ``page`` today, each with the override that says so."""
        rows = self.standing().filter(page_id=page.pk).order_by("pk").values_list("fingerprint", "pk")
        return dict(rows)


class Override(models.Model):
    """Bound to one sentence on one page by its fingerprint: one changed character and the finding is back."""

    class Permission(models.TextChoices):
        COMPLIANCE = "comp", "compliance permission"
        REVIEWER = "med", "medical reviewer"
        ACKNOWLEDGED = "ack", "author or publisher"

    class Kind(models.TextChoices):
        QUOTATION = "quotation", "A quotation of somebody else's words"
        NEGATED = "negated", "The sentence denies or warns"
        APPROVED = "approved", "About an approved product"
        STUDY = "study", "Reports what a study found"
        COUNSEL = "counsel", "Counsel cleared it"
        OTHER = "other", "Another reason"

    page = models.ForeignKey("publishing.Page", on_delete=models.PROTECT, related_name="overrides")
    rule = models.CharField(max_length=20)
    pattern = models.CharField(max_length=20, blank=True)
    fingerprint = models.CharField(max_length=64)
    sentence = models.TextField()
    permission = models.CharField(max_length=10, choices=Permission)
    kind = models.CharField(max_length=20, choices=Kind)
    reason = models.TextField()
    lexicon_version = models.CharField(max_length=20)
    lexicon_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    created_on = models.DateField(default=timezone.localdate)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="overrides")
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    is_sample = models.BooleanField("made by the example site", default=False)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["page", "expires_on"], name="override_in_force"),)
        constraints = (
            models.CheckConstraint(
                name="override_says_why",
                condition=Q(reason__length__gte=FEWEST),
                violation_error_message=f"Say why in at least {FEWEST} characters.",
            ),
            models.CheckConstraint(
                name="override_expires",
                condition=Q(expires_on__gt=F("created_on")),
                violation_error_message="An override ends on a later day.",
            ),
            models.CheckConstraint(
                name="override_revoked_by_somebody",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                violation_error_message="Say who revoked it, and when.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule}: {self.sentence[:80]}"

    @property
    def is_in_force(self) -> bool:
        return self.revoked_at is None and self.expires_on >= timezone.localdate()


LASTS = {
    Override.Permission.COMPLIANCE: timedelta(days=90),
    Override.Permission.REVIEWER: timedelta(days=90),
    Override.Permission.ACKNOWLEDGED: timedelta(days=365),
}
"""How long an override lasts unless somebody asks for less."""
