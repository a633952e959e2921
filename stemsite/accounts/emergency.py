"""Emergency access: one hour with people who asked, for whom the owner named, with a reason, owners told (LEAD-112)."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Action, Role, can, roles_of
from stemsite.audit.recording import record
from stemsite.mail.outbox import queue

from .models import EmergencyAccess, User

LASTS = datetime.timedelta(hours=1)
LEAST = 10
"""Characters of a reason; fewer say nothing."""


def is_open(user: Any) -> bool:
    """Whether ``user`` works under emergency access now. Who was not named costs no query."""
    return bool(getattr(user, "opens_in_emergency", False)) and current(user) is not None


def current(user: Any) -> EmergencyAccess | None:
    return EmergencyAccess.objects.in_force().filter(user=user).order_by("pk").last()


def is_offered(user: Any) -> bool:
    """To whom the owner named, while they work here; who sees people anyway needs none."""
    named = bool(getattr(user, "opens_in_emergency", False)) and bool(roles_of(user))
    return named and (is_open(user) or not can(user, Action.SEE_LEADS))


@transaction.atomic
def begin(user: User, *, reason: str) -> EmergencyAccess:
    """Open it for an hour, and tell every owner in the same transaction."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not is_offered(user):
        raise ValidationError("You are not named for emergencies. Only the owner can do that.")
    if is_open(user):
        raise ValidationError("It is open already.")
    if len(reason.strip()) < LEAST:
        raise ValidationError({"reason": "Say in a sentence what the emergency is."})
    now = timezone.now()
    opened = EmergencyAccess.objects.create(
        user=user, reason=reason.strip(), began_at=now, ends_at=now + LASTS, is_sample=user.is_sample
    )
    record("opened emergency access", by=user, obj=opened, until=opened.ends_at.isoformat())
    _tell_owners(opened)
    return opened


@transaction.atomic
def end(opened: EmergencyAccess, *, by: User) -> None:
    """Before its hour is over: by whoever opened it, or by an owner."""
    if by.pk != opened.user_id and not can(by, Action.MANAGE_STAFF):
        raise ValidationError("Only whoever opened it, or the owner, ends it.")
    if not EmergencyAccess.objects.in_force().filter(pk=opened.pk).update(ended_at=timezone.now(), ended_by=by):
        raise ValidationError("It was over already.")
    record("ended emergency access", by=by, obj=opened)


def _tell_owners(opened: EmergencyAccess) -> None:
    """Who and until when; why, the screen behind the link says."""
    owners = User.objects.filter(is_active=True, is_staff=True, groups__name=Role.OWNER.value).distinct()
    ends = timezone.localtime(opened.ends_at)
    url = settings.SITE_URL + reverse("admin:accounts_emergencyaccess_changelist")
    context = {"who": str(opened.user), "until": f"{ends:%H:%M}", "url": url}
    for owner in owners.order_by("pk"):
        queue(
            "emergency_access",
            to=owner.email,
            reference=f"{opened.pk}-{owner.pk}",
            context=context,
            is_sample=opened.is_sample,
        )
