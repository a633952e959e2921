"""What one person has typed into a page's form and not saved yet: theirs alone, sealed, and never part of the page."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stemsite.crypto import SealedJSONField


class BufferQuerySet(models.QuerySet["Buffer"]):
    def of(self, user: Any, family: str, page_id: int | None) -> Self:
        """What ``user`` typed into the form of this page, or of a page of ``family`` that is yet to be saved."""
        return self.filter(user=user, family=family, page_id=page_id).order_by("-typed_at", "-pk")


class Buffer(models.Model):
    """One form as it stood in one window. ``turn`` counts what the window sent, so that nothing older wins."""

    key = models.UUIDField(editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="buffers")
    family = models.CharField(max_length=20)
    page = models.ForeignKey("publishing.Page", on_delete=models.CASCADE, null=True, related_name="buffers")
    turn = models.PositiveIntegerField(default=0)
    fields = SealedJSONField(default=list)
    typed_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = BufferQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "key"], name="buffer_one_per_window"),
            models.CheckConstraint(name="buffer_of_a_family", condition=~Q(family="")),
        )
        indexes = (models.Index(fields=["user", "family", "page"], name="buffer_of_a_form"),)

    def __str__(self) -> str:
        return f"Buffer {self.pk}"
