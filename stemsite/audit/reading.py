"""Who may read which events: each app says what a role's part is; the owner reads all (PUB-127)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet

from stemsite.access import Action, Role, can, roles_of

from .models import AuditEvent

Scope = Callable[[Any], Q]
"""A member of staff -> the events that their roles open to them."""

_scopes: list[Scope] = []


def register_scope(scope: Scope) -> None:
    """Add ``scope``, from ``ready()``."""
    if scope not in _scopes:
        _scopes.append(scope)


def events_for(user: Any) -> QuerySet[AuditEvent]:
    """The events that ``user`` may read, in no order."""
    if not can(user, Action.READ_AUDIT):
        return AuditEvent.objects.none()
    if Role.OWNER in roles_of(user):
        return AuditEvent.objects.all()
    allowed = Q(pk__in=())
    for scope in _scopes:
        allowed |= scope(user)
    return AuditEvent.objects.filter(allowed)


def events_of(obj: Model, user: Any) -> QuerySet[AuditEvent]:
    """The events about ``obj`` that ``user`` may read."""
    return events_for(user).filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))
