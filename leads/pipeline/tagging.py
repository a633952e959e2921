"""Words of staff about a person: sealed, and found by their index alone (LEAD-101)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from leads.models import Contact, ContactTag
from stemsite.audit.recording import record
from stemsite.crypto import index_values, normal_text
from stemsite.publishing.gate import Refused

from .working import held

MOST = 12


@transaction.atomic
def set_tags(contact: Contact, names: Iterable[str], *, by: Any) -> None:
    """Make ``names`` the tags of this person."""
    found = held(contact, by)
    wanted = {normal_text(name): name for name in names}
    kept = {normal_text(tag.name): tag for tag in found.tags.all()}
    _require_few(wanted)
    for key, tag in kept.items():
        if key not in wanted:
            tag.delete()
    for key, name in wanted.items():
        if key not in kept:
            ContactTag.objects.create(contact=found, name=name)
    if set(kept) != set(wanted):
        record("tagged a person", by=by, obj=found)


@transaction.atomic
def add_tag(contact: Contact, name: str, *, by: Any) -> bool:
    """Add one tag; false where the person has it."""
    found = held(contact, by)
    if found.tags.filter(name_index__in=index_values("text", name)).exists():
        return False
    _require_few({*found.tags.values_list("pk", flat=True), -1})
    ContactTag.objects.create(contact=found, name=name)
    record("tagged a person", by=by, obj=found)
    return True


def _require_few(tags: Iterable[object]) -> None:
    if len(list(tags)) > MOST:
        raise Refused(f"A person has at most {MOST} tags.")
