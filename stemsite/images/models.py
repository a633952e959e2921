"""Pictures, the files they have had, and the sizes readers get."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from stemsite.uses import Kept, KeptQuerySet, require_unused

_SHARE = (MinValueValidator(0), MaxValueValidator(1))


class PictureFile(models.Model):
    """One stored picture, never changed: replacing a picture makes a new file, and old Versions keep theirs."""

    picture = models.ForeignKey("images.Picture", on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    focal_x = models.FloatField("focal point from the left, 0 to 1", default=0.5, validators=_SHARE)
    focal_y = models.FloatField("focal point from the top, 0 to 1", default=0.5, validators=_SHARE)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.path

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        require_unused(Picture.USE_KIND, [self.pk])
        return super().delete(*args, **kwargs)


class PictureQuerySet(KeptQuerySet["Picture"]):
    def without_consent(self) -> Self:
        """Those of patients who have not agreed to be shown, or not any more (PUB-104)."""
        today = timezone.localdate()
        lapsed = Q(consent_on=None) | Q(consent_until__lt=today) | Q(consent_withdrawn_on__lte=today)
        return self.filter(lapsed, shows_patient=True)

    def delete(self) -> tuple[int, dict[str, int]]:
        """One by one: each picture lets go of its files first."""
        removed = [picture.delete() for picture in self]
        return sum(count for count, _ in removed), {"images.Picture": len(removed)} if removed else {}


class Picture(Kept):
    """What staff choose. Alternative text belongs to each use, not to the picture."""

    name = models.CharField(max_length=160, help_text="For staff: what the picture is.")
    credit = models.CharField(max_length=160, blank=True, help_text="Who made it, and under which licence.")
    current = models.ForeignKey(PictureFile, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="pictures"
    )
    shows_patient = models.BooleanField(
        "shows a patient", default=False, help_text="Then it is published only while their recorded consent holds."
    )
    consent_on = models.DateField("consent given on", null=True, blank=True)
    consent_until = models.DateField("consent holds until", null=True, blank=True)
    consent_withdrawn_on = models.DateField("consent withdrawn on", null=True, blank=True)
    consent_kept = models.CharField(
        "where the signed consent is kept",
        max_length=160,
        blank=True,
        help_text="Such as the number of a file. Never the patient's name.",
    )
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = PictureQuerySet.as_manager()  # type: ignore[misc]

    USE_KIND: ClassVar[str] = "picture"

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="picture_consent_has_an_end",
                condition=Q(consent_on__isnull=True)
                | (Q(consent_until__isnull=False) & Q(consent_until__gt=F("consent_on")) & ~Q(consent_kept="")),
                violation_error_message="A consent says from when until when it holds, and where it is kept.",
            ),
            models.CheckConstraint(
                name="picture_consent_is_withdrawn_after_it_is_given",
                condition=Q(consent_withdrawn_on__isnull=True)
                | Q(consent_on__isnull=False, consent_withdrawn_on__gte=F("consent_on")),
                violation_error_message="Only a consent that was given before can be withdrawn.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def consent_in_words(self) -> str:
        """What is wrong with the consent today; empty where nothing is, or nobody is shown."""
        today = timezone.localdate()
        if not self.shows_patient:
            return ""
        if self.consent_on is None or self.consent_until is None:
            return "no consent is recorded"
        if self.consent_withdrawn_on is not None and self.consent_withdrawn_on <= today:
            return f"the consent was withdrawn on {self.consent_withdrawn_on:%Y-%m-%d}"
        return "" if self.consent_until >= today else f"the consent ended on {self.consent_until:%Y-%m-%d}"

    def use_ids(self) -> list[int]:
        """Versions name files, so that a replaced picture stays where it was published."""
        return list(self.files.values_list("pk", flat=True))

    def is_own(self, user: Any) -> bool:
        return user.pk is not None and user.pk == self.created_by_id

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Remove an unused picture with its files, on the disk as well once the removal is certain."""
        files = self.files.all()
        stored = [*files.values_list("path", flat=True)]
        stored += files.exclude(renditions=None).values_list("renditions__path", flat=True)
        Picture.objects.filter(pk=self.pk).update(current=None)
        removed = super().delete(*args, **kwargs)
        transaction.on_commit(lambda: _remove(stored))
        return removed


class LeftPicture(models.Model):
    """A drawn picture for shared links that no page names any longer: when that was first seen."""

    name = models.CharField(max_length=80, unique=True)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


def _remove(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)


class Rendition(models.Model):
    """One size and format of a file."""

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        WEBP = "webp", "WebP"
        JPEG = "jpeg", "JPEG"

    file = models.ForeignKey(PictureFile, on_delete=models.CASCADE, related_name="renditions")
    format = models.CharField(max_length=5, choices=Format)
    width = models.PositiveIntegerField()
    path = models.CharField(max_length=160, unique=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["file", "format", "width"], name="rendition_once"),)

    def __str__(self) -> str:
        return self.path
