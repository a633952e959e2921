"""How a page looks where others show it: in a search engine's list, and as a card where its link is shared (PUB-37)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from stemsite.clinic.frame import Frame
from stemsite.images.social import Social

from .content import Content
from .families import family_of
from .link_picture import picture_of
from .models import Page, Version

TITLE_SHOWN = 60
DESCRIPTION_SHOWN = 155
DESCRIPTION_ON_PHONES = 120
"""Characters that search engines show of each, roughly: they count pixels.

https://developers.google.com/search/docs/appearance/title-link
"""
LITTLE_TITLE = 15
LITTLE_DESCRIPTION = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    host: str
    crumbs: tuple[str, ...]
    """The parts of the address, as search engines show it."""
    heading: str
    title: str
    """The heading with the clinic's name, as the page's own title element has it."""
    description: str
    remarks: tuple[str, ...]
    social: Social

    @property
    def title_shown(self) -> str:
        return cut(self.title, TITLE_SHOWN)

    @property
    def description_shown(self) -> str:
        return cut(self.description, DESCRIPTION_SHOWN)


def elsewhere(page: Page, version: Version, content: Content, site: Frame) -> Elsewhere:
    """``content`` of ``version``, live or not, as others would show it today."""
    path = page.live_path or family_of(page).path(content)
    title = site.titled(content.title)
    return Elsewhere(
        host=urlsplit(site.url).netloc,
        crumbs=tuple(filter(None, path.split("/"))),
        heading=content.title,
        title=title,
        description=content.summary,
        remarks=tuple(_remarks(page, content, title)),
        social=picture_of(version, content, site.name),
    )


def cut(text: str, most: int) -> str:
    """``text`` as a list with room for ``most`` characters shows it: cut between words."""
    if len(text) <= most:
        return text
    return f"{text[:most].rpartition(' ')[0].rstrip(' ,;:|') or text[:most]} …"


def _remarks(page: Page, content: Content, title: str) -> Iterator[str]:
    if page.public_state == Page.PublicState.WITHDRAWN:
        yield "The page is withdrawn: search engines are asked not to list it."
    if len(content.title) > TITLE_SHOWN:
        yield f"The title has {len(content.title)} characters; its end is not shown beyond some {TITLE_SHOWN}."
    elif len(title) > TITLE_SHOWN:
        yield f"The title is shown whole; the clinic's name after it is cut ({len(title)} characters together)."
    if len(content.title) < LITTLE_TITLE:
        yield f"The title has {len(content.title)} characters: does it say what the page is about, without the page?"
    yield from _remarks_on_summary(content.summary)


def _remarks_on_summary(summary: str) -> Iterator[str]:
    if not summary:
        yield "There is no summary, so search engines take some sentence of the page."
    elif len(summary) < LITTLE_DESCRIPTION:
        yield f"The summary has {len(summary)} characters; there is room for {DESCRIPTION_SHOWN}."
    elif len(summary) > DESCRIPTION_ON_PHONES:
        beyond = cut(summary, DESCRIPTION_ON_PHONES).removesuffix(" …")
        yield f"On phones the summary may end after “… {' '.join(beyond.split()[-4:])}”: say what matters before that."
