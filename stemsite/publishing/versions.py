"""Making versions: freeze the draft, store it once, say what it uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from .content import content_hash, dump
from .families import family_of
from .gate import Refused
from .models import Page, Use, Version
from .words import keep_words

MAX_NOTE = 300
"""Of a version; the whole note stands with the step that made it."""


def frozen(page: Page) -> tuple[dict[str, Any], str]:
    """The draft of ``page`` (an instance of its own model) as JSON values, and their hash.

    A row that holds an impossible value, whatever path wrote it, is refused: it never becomes a Version.
    """
    family = family_of(page)
    try:
        values = dump(family.freeze(page))
        family.parse(values)
    except msgspec.ValidationError as error:
        raise Refused(f"The draft holds a value that no page can have: {error}. Choose it again and save.") from error
    return values, content_hash(values)


@transaction.atomic
def save_version(page: Page, *, by: Any, action: str, note: str = "") -> Version:
    """The draft of ``page`` as a Version; the latest one when nothing changed since (PUB-20).

    The caller holds the page's lock, so that two savers never take the same number.
    """
    values, digest = frozen(page)
    latest = page.latest_version
    if latest is not None and latest.content_hash == digest:
        return latest
    return _stored(page, values, digest, by=by, action=action, note=note)


def save_correction(page: Page, draft: Version, *, of: Version, by: Any) -> Version:
    """The text of ``draft`` as a Version that keeps the signature of the version it corrects (PUB-144)."""
    note = f"Corrects {of}."
    action = Version.Action.CORRECT
    return _stored(page, draft.content, draft.content_hash, by=by, action=action, note=note, corrects=of)


def _stored(
    page: Page, values: dict[str, Any], digest: str, *, by: Any, action: str, note: str, corrects: Version | None = None
) -> Version:
    latest = page.latest_version
    version = Version.objects.create(
        page_id=page.pk,
        number=latest.number + 1 if latest else 1,
        schema=values["schema"],
        content=values,
        content_hash=digest,
        action=action,
        note=note[:MAX_NOTE],
        created_at=timezone.now(),
        created_by=by,
        corrects=corrects,
        is_sample=page.is_sample,
    )
    content = family_of(page).parse(values)
    used = dict.fromkeys(family_of(page).uses(content))
    Use.objects.bulk_create(Use(version=version, kind=kind, object_id=pk) for kind, pk in used)
    keep_words(version, content, page)
    Page.objects.filter(pk=page.pk).update(latest_version=version)
    page.latest_version = version
    return version


def is_intact(version: Version) -> bool:
    """Whether the stored content still has the hash it was stored under (PUB-27)."""
    return content_hash(version.content) == version.content_hash


def altered_versions() -> Iterator[tuple[Version, str]]:
    """Every stored version that is no longer what was stored, with what is wrong: content, or what was signed."""
    for version in Version.objects.order_by("page_id", "number").prefetch_related("sign_offs").iterator(chunk_size=200):
        if not is_intact(version):
            yield version, "the content does not have the fingerprint it was stored under."
        for sign_off in version.sign_offs.all():
            if sign_off.content_hash != version.content_hash:
                yield version, f"the signature of {sign_off.name} is under another text."


def writers(page: Page, version: Version) -> frozenset[int]:
    """Who saved text of ``version`` since the version that is live."""
    since = page.live_version.number if page.live_version and page.live_version.number < version.number else 0
    rows = Version.objects.filter(page_id=page.pk, number__gt=since, number__lte=version.number)
    return frozenset(pk for pk in rows.values_list("created_by_id", flat=True) if pk is not None)
