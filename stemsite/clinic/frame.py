"""What stands around every page: who we are, and the links that apps put into menu and footer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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


_links: list[Links] = []

KEY = "site"
"""Every stored page depends on it."""


def register_links(links: Links) -> None:
    """Set who provides menu and footer, from ``ready()``."""
    _links[:] = [links]


def frame() -> Frame:
    """The frame as it is now: three queries, or none where a page of the same state had it."""
    return _frame(timezone.localdate().year)


@lasting
def _frame(year: int) -> Frame:
    clinic = Clinic.current()
    menu, footer = _links[0]() if _links else ((), ())
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
    )
