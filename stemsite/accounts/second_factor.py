"""Who needs a second factor and has none yet: our own question, since the login alone does not insist (PUB-139)."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings

from stemsite.audit.recording import record


def has_second_factor(user: Any) -> bool:
    return user.pk is not None and Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def is_required() -> bool:
    return bool(settings.STAFF_MFA == "required")


def is_missing(user: Any) -> bool:
    """Whether ``user`` must set one up before anything else."""
    return is_required() and not has_second_factor(user)


def reset(user: Any, *, by: Any) -> bool:
    """Take away every factor of somebody who lost theirs; their next login sets up a new one."""
    count: int
    count, _ = Authenticator.objects.filter(user=user).delete()
    if count:
        record("second factor reset", by=by, obj=user)
    return bool(count)
