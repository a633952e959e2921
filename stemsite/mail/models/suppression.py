"""Addresses that get no mail, and addresses on the way there; only digests of them (LEAD-70)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from stemsite.crypto import BlindIndexField, SealedTextField


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)


class Suppression(models.Model):
    """One address that must not be written to. It outlives erasure, and never says which address it is.

    The digest is sealed, and only there so that the index can be made anew when keys change. The index is that of any
    e-mail column, so that rows of people can be compared with it.
    """

    class Reason(models.TextChoices):
        NO_MAILBOX = "no_mailbox", "there is no such mailbox"
        BOUNCES = "bounces", "letters came back again and again"
        COMPLAINT = "complaint", "the person called our mail unwanted"
        ASKED = "asked", "the person asked for no more mail"
        STAFF = "staff", "entered by staff"

    digest = SealedTextField()
    index = BlindIndexField(source="digest", kind="digest", db_index=True)
    reason = models.CharField(max_length=20, choices=Reason)
    source = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_note = models.TextField(blank=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["index"], condition=models.Q(lifted_at=None), name="suppression_in_force_once"
            ),
        )

    def __str__(self) -> str:
        return f"suppression {self.pk}"


class SoftBounces(models.Model):
    """Half points of one address: one a day at most, six suppress, thirty quiet days forget them (LEAD-72)."""

    digest = SealedTextField()
    index = BlindIndexField(source="digest", kind="digest", unique=True)
    halves = models.PositiveSmallIntegerField(default=0)
    last_on = models.DateField()

    class Meta:
        verbose_name_plural = "soft bounces"

    def __str__(self) -> str:
        return f"soft bounces {self.pk}"
