"""The pause: every call to action and every form for requests hidden from readers at once; texts stay (PAGE-08)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from stemsite.audit.recording import record
from stemsite.serving import store

from .frame import KEY
from .models import Clinic


@transaction.atomic
def pause(*, by: Any, reason: str) -> bool:
    """Hide calls to action and forms, for ``reason``; false where they were hidden already, by whomever."""
    if not reason.strip():
        raise ValueError("A pause says why.")
    clinic = _locked()
    if clinic.paused_at is not None:
        return False
    Clinic.objects.filter(pk=clinic.pk).update(paused_at=timezone.now(), paused_because=reason.strip())
    record("hid calls to action and forms", by=by, obj=clinic, note=reason.strip())
    store.forget(KEY)
    return True


@transaction.atomic
def resume(*, by: Any) -> bool:
    """Show them again; false where they were shown."""
    clinic = _locked()
    if clinic.paused_at is None:
        return False
    Clinic.objects.filter(pk=clinic.pk).update(paused_at=None, paused_because="")
    record("showed calls to action and forms again", by=by, obj=clinic)
    store.forget(KEY)
    return True


def _locked() -> Clinic:
    Clinic.objects.get_or_create(pk=1)
    return Clinic.objects.select_for_update().get(pk=1)
