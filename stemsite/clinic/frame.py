"""What stands around every page: who we are, and the links that apps put into menu and footer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from stemsite.serving.lasting import lasting

from .models import Clinic

Link = tuple[str, str]
"""Label and address."""

Links = Callable[[], tuple[tuple[Link, ...], tuple[Link, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    name: str
    legal_name: str
    statement: str
    address_lines: tuple[str, ...]
    phone: str
    email: str
    hours: tuple[str, ...]
    directions: str
    menu: tuple[Link, ...]
    footer: tuple[Link, ...]
    year: int
    url: str
    grace_days: int | None
    """After these readers are told that a review is late; none: they are not told."""
    is_sample: bool
    is_paused: bool = False
    """Whether calls to action and forms are hidden (PAGE-08)."""
    is_proposed: bool = False
    """Whether it was typed and not saved, so that nobody but who typed it sees it."""

    def titled(self, title: str) -> str:
        """What the title element of a page says (PAGE-02)."""
        return f"{title} | {self.name}"


_links: list[Links] = []

_proposed: ContextVar[Clinic | None] = ContextVar("clinic as somebody typed it, to be looked at", default=None)

FORMS = frozenset({"/newsletter/", "/information-packet/", "/consultation/"})
"""Addresses by which somebody asks for something."""

KEY = "site"
"""Every stored page depends on it."""


def register_links(links: Links) -> None:
    """Set who provides menu and footer, from ``ready()``."""
    _links[:] = [links]


def frame() -> Frame:
    """The frame as it is now: three queries, or none where a page of the same state had it."""
    year = timezone.localdate().year
    if (clinic := _proposed.get()) is not None:
        return replace(_around(clinic, year), is_proposed=True)
    return _frame(year)


@contextlib.contextmanager
def proposed(clinic: Clinic) -> Iterator[None]:
    """Within it the frame is that of ``clinic``, which is not saved (PUB-37)."""
    token = _proposed.set(clinic)
    try:
        yield
    finally:
        _proposed.reset(token)


@lasting
def _frame(year: int) -> Frame:
    return _around(Clinic.current(), year)


def _around(clinic: Clinic, year: int) -> Frame:
    menu, footer = _links[0]() if _links else ((), ())
    is_paused = clinic.paused_at is not None
    if is_paused:
        menu, footer = _without_forms(menu), _without_forms(footer)
    return Frame(
        name=clinic.name,
        legal_name=clinic.legal_name or clinic.name,
        statement=clinic.statement,
        address_lines=tuple(clinic.address.splitlines()),
        phone=clinic.phone,
        email=clinic.email,
        hours=tuple(clinic.hours.splitlines()),
        directions=clinic.directions,
        menu=menu,
        footer=footer,
        year=year,
        url=settings.SITE_URL,
        grace_days=clinic.overdue_grace_days,
        is_sample=clinic.is_sample,
        is_paused=is_paused,
    )


def _without_forms(links: tuple[Link, ...]) -> tuple[Link, ...]:
    return tuple((label, path) for label, path in links if urlsplit(path).path not in FORMS)
