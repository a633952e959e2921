"""Rendered public pages as bytes, and what each of them depends on."""

from __future__ import annotations

from django.db import models

from .answers import BEST_BROTLI


class StoredPage(models.Model):
    """One answer to GET: what a reader gets until something it depends on changes."""

    address = models.CharField(max_length=400, unique=True)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.BinaryField()
    gzipped = models.BinaryField()
    brotli = models.BinaryField()
    brotli_quality = models.PositiveSmallIntegerField(default=BEST_BROTLI)
    etag = models.CharField(max_length=64)
    parameters = models.JSONField(default=list)
    stored_at = models.DateTimeField(auto_now=True)
    good_until = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["id"], condition=~models.Q(brotli_quality=BEST_BROTLI), name="storedpage_packed_quickly"
            ),
        )

    def __str__(self) -> str:
        return self.address


class Dependency(models.Model):
    """That a stored page shows what ``key`` stands for, such as ``page:12`` or ``site``."""

    page = models.ForeignKey(StoredPage, on_delete=models.CASCADE, related_name="dependencies")
    key = models.CharField(max_length=240)

    class Meta:
        indexes = (models.Index(fields=["key"], name="dependency_key"),)
        constraints = (models.UniqueConstraint(fields=["page", "key"], name="dependency_once"),)

    def __str__(self) -> str:
        return self.key


class Generation(models.Model):
    """Counts changes of anything public: a page rendered before a change is never stored after it."""

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(name="generation_is_one", condition=models.Q(pk=1)),)

    def __str__(self) -> str:
        return str(self.number)
