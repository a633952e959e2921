"""Pictures for shared links that no page names any longer: deleted after a while, as links in the wild show them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Set
from itertools import batched

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from stemsite.audit.recording import record

from .models import LeftPicture

GRACE = datetime.timedelta(days=30)
FOLDER = "pictures"
_SOCIAL = re.compile(r"social-[0-9a-f]{24}\.png")
_STEP = 500


def delete_left(named: Set[str]) -> list[str]:
    """Delete what ``named`` has lacked for all of the grace, and say which; one that is named again begins anew."""
    left = set(_stored()) - named
    known = dict(LeftPicture.objects.values_list("name", "since"))
    before = timezone.now() - GRACE
    due = sorted(name for name in left if name in known and known[name] < before)
    for name in due:
        default_storage.delete(name)
    with transaction.atomic():
        _forget({*due, *(known.keys() - left)})
        LeftPicture.objects.bulk_create(
            (LeftPicture(name=name) for name in sorted(left - known.keys())), batch_size=_STEP, ignore_conflicts=True
        )
        if due:
            record("deleted pictures for sharing that no page names", by=None, pictures=len(due))
    return due


def _forget(names: Set[str]) -> None:
    for some in batched(sorted(names), _STEP, strict=False):
        LeftPicture.objects.filter(name__in=some).delete()


def _stored() -> Iterator[str]:
    try:
        _, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    yield from (f"{FOLDER}/{file}" for file in files if _SOCIAL.fullmatch(file))
