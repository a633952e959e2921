"""The private autosave: what is typed is kept at once, checked by nobody, gone once saved (PUB-74, PUB-82)."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from .models import Buffer

KEPT = datetime.timedelta(days=30)
MOST = 20
"""Windows whose unsaved text is kept for one person and one form; the oldest gives way."""

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field

Fields = Sequence[tuple[str, str]]


@transaction.atomic
def keep(user: Any, key: uuid.UUID, *, family: str, page_id: int | None, turn: int, fields: Fields) -> bool:
    """Keep ``fields`` as what the window ``key`` holds; false where a later turn of it is kept already."""
    held: list[Any] = [[name, value] for name, value in fields if name != TOKEN]
    row, made = Buffer.objects.select_for_update().get_or_create(
        user=user, key=key, defaults={"family": family, "page_id": page_id, "turn": turn, "fields": held}
    )
    if made:
        _give_way(user, family, page_id)
        return True
    if (row.family, row.page_id) != (family, page_id) or row.turn >= turn:
        return False
    row.turn, row.fields, row.typed_at = turn, held, timezone.now()
    row.save(update_fields=["turn", "fields", "typed_at"])
    return True


def _give_way(user: Any, family: str, page_id: int | None) -> None:
    kept = Buffer.objects.of(user, family, page_id).values_list("pk", flat=True)[:MOST]
    Buffer.objects.of(user, family, page_id).exclude(pk__in=list(kept)).delete()


def forget(user: Any, key: str) -> None:
    """Drop what the window ``key`` of ``user`` held: it was saved, or let go."""
    if (known := key_in(key)) is not None:
        Buffer.objects.filter(user=user, key=known).delete()


def offered(user: Any, family: str, page_id: int | None, *, besides: str = "") -> Buffer | None:
    """The newest unsaved text of ``user`` for this form, other than what the window ``besides`` holds."""
    rows = Buffer.objects.of(user, family, page_id).defer("fields")
    known = key_in(besides)
    return (rows.exclude(key=known) if known is not None else rows).first()


def find(user: Any, family: str, page_id: int | None, key: str) -> Buffer | None:
    """The buffer ``key``, if it is ``user``'s own and of this form."""
    known = key_in(key)
    return Buffer.objects.of(user, family, page_id).filter(key=known).first() if known is not None else None


def as_posted(buffer: Buffer) -> QueryDict:
    """The fields of ``buffer`` as the browser would have sent them."""
    data = QueryDict(mutable=True)
    for name, value in buffer.fields:
        data.appendlist(name, value)
    return data


def forget_old() -> int:
    return Buffer.objects.filter(typed_at__lt=timezone.now() - KEPT).delete()[0]


def key_in(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
