"""The colleagues who work with enquiries."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from stemsite.access import Role

WORKING = (Role.COORDINATOR.value, Role.OWNER.value)


def coordinators() -> QuerySet[Any]:
    """Active staff who may see enquiries, by name."""
    active = get_user_model()._default_manager.filter(is_active=True, is_staff=True, groups__name__in=WORKING)
    return active.distinct().order_by("first_name", "last_name", "email")
