"""The picture that goes with a link to a page (PAGE-69): made in the background, missing until it is there."""

from __future__ import annotations

from stemsite.clinic.frame import frame
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
    return f"social:{social.name}"


def draw_newest() -> int:
    """Pictures of the versions that went live last."""
    return _draw(NEWEST)


def draw_all() -> int:
    """Pictures of all live pages, some hundreds in a run: after an upgrade, another name of the clinic, a review."""
    return _draw(None)


def _draw(newest: int | None) -> int:
    clinic = frame().name
    made: list[str] = []
    pages = Page.objects.live().addressed().order_by("-live_version_id")[:newest]
    try:
        for page in pages.iterator(chunk_size=200):
            version = page.version_for_readers()
            social = picture_of(version, content_of(page, version), clinic)
            if make(social):
                made.append(key_of(social))
            if len(made) >= MOST_AT_ONCE:
                break
    finally:
        if made:
            store.forget(*made)  # Once, as every change empties what the web processes have at hand.
    return len(made)
