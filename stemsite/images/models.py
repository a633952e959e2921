"""Pictures, the files they have had, and the sizes readers get."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction

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
    is_sample = models.BooleanField("made by the example site", default=False, editable=False)

    objects = PictureQuerySet.as_manager()  # type: ignore[misc]

    USE_KIND: ClassVar[str] = "picture"

    def __str__(self) -> str:
        return self.name

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
