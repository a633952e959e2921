"""Pictures, the files they have had, and the sizes readers get."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from .uses import require_unused

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
        require_unused([self.pk])
        return super().delete(*args, **kwargs)


class Picture(models.Model):
    """What staff choose. Alternative text belongs to each use, not to the picture."""

    name = models.CharField(max_length=160, help_text="For staff: what the picture is.")
    credit = models.CharField(max_length=160, blank=True, help_text="Who made it, and under which licence.")
    current = models.ForeignKey(PictureFile, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="pictures"
    )
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    def __str__(self) -> str:
        return self.name

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        require_unused(list(self.files.values_list("pk", flat=True)))
        Picture.objects.filter(pk=self.pk).update(current=None)
        return super().delete(*args, **kwargs)


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
