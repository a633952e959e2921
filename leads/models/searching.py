"""What staff looked for, kept sealed, so that no address ever says it (LEAD-100)."""

from __future__ import annotations

import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stemsite.crypto import SealedJSONField, SealedTextField


def new_key() -> str:
    return secrets.token_urlsafe(12)


class LeadSearchQuerySet(models.QuerySet["LeadSearch"]):
    def for_user(self, user: object) -> Self:
        """Their own, and those that colleagues share."""
        return self.filter(Q(by=user) | Q(is_shared=True))


class LeadSearch(models.Model):
    """One question to one list, opened by its opaque key. Without a name it is gone after a day."""

    key = models.CharField(max_length=24, unique=True, default=new_key, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lead_searches")
    table = models.CharField(max_length=20)
    values = SealedJSONField(default=dict, blank=True)
    title = SealedTextField("name", blank=True)
    is_kept = models.BooleanField(default=False)
    is_shared = models.BooleanField("for colleagues too", default=False)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = LeadSearchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "lead searches"
        constraints = (
            models.CheckConstraint(
                name="leadsearch_shared_is_kept",
                condition=Q(is_shared=False) | Q(is_kept=True),
                violation_error_message="A search that is shared is kept.",
            ),
        )

    def __str__(self) -> str:
        return f"Search {self.pk}"
