"""The picture that goes with a link to a page (PAGE-69): made in the background, missing until it is there."""

from __future__ import annotations

from collections.abc import Iterator

from stemsite.clinic.frame import frame
from stemsite.images.leaving import delete_left
from stemsite.images.social import Social, make
from stemsite.serving import store

from .content import Content
from .families import content_of
from .models import Page, Version
from .reading import signature

NEWEST = 100
MOST_AT_ONCE = 500


def picture_of(version: Version, content: Content, clinic: str) -> Social:
    """The words of the picture of a live ``version``: of what is signed, never of a draft."""
    signed = signature(version)
    day = signed.reviewed_on if signed else None
    notice = content.notice("status")
    return Social(
        title=content.title,
        clinic=clinic,
        reviewed=f"Medically reviewed {day:%B} {day.day}, {day.year}" if day else "",
        notice=notice.lead.rstrip(".") if notice else "",
    )


def key_of(social: Social) -> str:
    """What a stored page depends on that shows this picture, or will."""
    return _key(social.name)


def _key(name: str) -> str:
    return f"social:{name}"


def draw_newest() -> int:
    """Pictures of the versions that went live last."""
    return _draw(NEWEST)


def draw_all() -> int:
    """Pictures of all live pages, some hundreds in a run: after an upgrade, another name of the clinic, a review."""
    return _draw(None)


def delete_old() -> int:
    """Delete the pictures that no live page has named for a while; what shows one all the same is rendered anew."""
    gone = delete_left({social.name for social in _pictures(None)})
    if gone:
        store.forget(*map(_key, gone))
    return len(gone)


def _draw(newest: int | None) -> int:
    made: list[str] = []
    try:
        for social in _pictures(newest):
            if make(social):
                made.append(key_of(social))
            if len(made) >= MOST_AT_ONCE:
                break
    finally:
        if made:
            store.forget(*made)  # Once, as every change empties what the web processes have at hand.
    return len(made)


def _pictures(newest: int | None) -> Iterator[Social]:
    """What the live pages say in their pictures, those first that went live last."""
    clinic = frame().name
    pages = Page.objects.live().addressed().order_by("-live_version_id")[:newest]
    for page in pages.iterator(chunk_size=200):
        version = page.version_for_readers()
        yield picture_of(version, content_of(page, version), clinic)
