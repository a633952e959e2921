"""Which audit events are content, and whose (section 2 of the role matrix: read audit)."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from stemsite.access import Role, roles_of

from .families import families
from .models import Page

CONTENT = ("articles.", "studies.", "publishing.", "images.", "clinic.wording", "clinic.person")


def content_events(user: Any) -> Q:
    """Publishers read what happened to content, authors to their own pages, reviewers to pages they signed."""
    roles = roles_of(user)
    allowed = Q(pk__in=())
    if Role.PUBLISHER in roles:
        for start in CONTENT:
            allowed |= Q(object_type__startswith=start)
    if Role.AUTHOR in roles:
        allowed |= _about(Page.objects.own(user))
    if Role.REVIEWER in roles:
        allowed |= _about(Page.objects.signed_by(user))
    return allowed


def _about(pages: QuerySet[Page]) -> Q:
    kinds = {Page._meta.label_lower, *(family.model._meta.label_lower for family in families())}
    keys = pages.order_by().annotate(key=Cast("pk", CharField())).values("key")
    return Q(object_type__in=kinds, object_id__in=keys)
