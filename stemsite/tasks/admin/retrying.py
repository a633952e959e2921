"""The one thing that staff do with leased work: ask for another try of what failed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from stemsite.audit.recording import record

from ..leases import LeasedRow


class Retrying:
    """A mixin for ModelAdmins of leased rows that are otherwise read only."""

    actions = ("try_again",)

    @admin.action(description="Try again what failed", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[LeasedRow]) -> None:
        """Item by item; what has not failed is left alone."""
        tried = 0
        for row in queryset:
            with transaction.atomic():
                if row.retry():
                    record("asked for another try", by=request.user, obj=row)
                    tried += 1
        left = len(queryset) - tried
        said = f"{tried} will be tried again." + (f" {left} had not failed and were left alone." if left else "")
        self.message_user(request, said)  # type: ignore[attr-defined]

    def has_retry_permission(self, request: HttpRequest) -> Any:
        return self._may(request, self.retry_right)  # type: ignore[attr-defined]
