"""Long lists in parts: plain links, one address for each part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from django.core.paginator import EmptyPage, Page, Paginator
from django.http import Http404

if TYPE_CHECKING:
    from django.core.paginator import _SupportsPagination

PER_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Plain links to the parts of a list, named "Page 2"."""

    number: int
    count: int
    total: int
    previous_url: str
    next_url: str
    links: tuple[tuple[int, str, bool], ...]


def paged[M](
    rows: _SupportsPagination[M],
    number: str | None,
    path: str,
    *,
    query: str = "",
    per_page: int = PER_PAGE,
    total: int | None = None,
) -> tuple[Page[M], Pages]:
    """One part of ``rows``; a number that is none, or beyond the end, is not found.

    ``total`` is how many there are, where that was counted already.
    """
    paginator = Paginator(rows, per_page)
    if total is not None:
        paginator.__dict__["count"] = total
    try:
        part = paginator.page(_whole(number))
    except EmptyPage as error:
        raise Http404 from error
    return part, pages_of(part, path, query)


def _whole(number: str | None) -> int:
    if number is None:
        return 1
    if not (number.isascii() and number.isdigit() and len(number) < 7 and int(number) > 0):
        raise Http404
    return int(number)


def pages_of[M](part: Page[M], path: str, query: str = "") -> Pages:
    """Links to the parts near this one, under the addresses that the page store gives them: parameters in order."""
    asked = parse_qsl(query)

    def url(number: int) -> str:
        pairs = urlencode(sorted([*asked, ("page", str(number))] if number > 1 else asked))
        return f"{path}?{pairs}" if pairs else path

    total = part.paginator.num_pages
    near = [number for number in range(1, total + 1) if number in {1, total} or abs(number - part.number) < 3]
    return Pages(
        number=part.number,
        count=total,
        total=part.paginator.count,
        previous_url=url(part.number - 1) if part.has_previous() else "",
        next_url=url(part.number + 1) if part.has_next() else "",
        links=tuple((number, url(number), number == part.number) for number in near),
    )
