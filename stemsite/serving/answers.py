"""A stored page as the answers it can give: one per coding, each with its headers, and 304 (RFC 9110)."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.utils.http import parse_etags

if TYPE_CHECKING:
    from .models import StoredPage

BEST_BROTLI = 11
QUICK_BROTLI = 5
"""For pages that somebody waits for: a thirtieth of the work of the best; the worker packs them again with that."""

Headers = list[tuple[str, str]]
CODINGS = ("br", "gzip", "")
"""Best first; the last is the page as it is."""

HELD = ("br", "gzip")
"""In memory; few ask for the page as it is, and it is four times the rest together."""

_NOT_FOR_304 = {"content-type", "last-modified"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What readers get for one address until ``good_until``, in seconds since the epoch."""

    status: int
    bodies: dict[str, bytes]
    headers: dict[str, Headers]
    headers_304: dict[str, Headers]
    tags: frozenset[str]
    parameters: tuple[str, ...]
    good_until: float
    is_page: bool
    """Whether somebody reads it, as opposed to feeds, files and redirections."""

    @classmethod
    def of(cls, page: StoredPage, *codings: str) -> Answer:
        """``page`` in ``codings`` alone; else in all, the last of them unpacked again for those who ask."""
        given = [(name, value) for name, value in page.headers]
        bodies = {"br": page.brotli, "gzip": page.gzipped, "": page.body}
        br = "br" if page.brotli_quality == BEST_BROTLI else f"br{page.brotli_quality}"
        tags = {"br": f'"{page.etag}-{br}"', "gzip": f'"{page.etag}-gzip"', "": f'"{page.etag}"'}
        own = {coding: [("ETag", tags[coding]), ("Vary", "Accept-Encoding")] for coding in CODINGS}
        return cls(
            status=page.status,
            bodies={coding: bytes(bodies[coding]) for coding in codings or HELD},
            headers={
                coding: [
                    *(*given, *own[coding], ("Content-Length", str(len(bodies[coding])))),
                    *([("Content-Encoding", coding)] if coding else []),
                ]
                for coding in CODINGS
            },
            headers_304={
                coding: [*(header for header in given if header[0].lower() not in _NOT_FOR_304), *own[coding]]
                for coding in CODINGS
            },
            tags=frozenset(tags.values()),
            parameters=tuple(page.parameters),
            good_until=page.good_until.timestamp() if page.good_until else float("inf"),
            is_page=page.status == HTTPStatus.OK
            and any(name.lower() == "content-type" and value.startswith("text/html") for name, value in given),
        )

    @property
    def size(self) -> int:
        """Bytes it takes in memory, roughly."""
        return sum(map(len, self.bodies.values())) + 4_000

    def give(self, method: str, accepted: str, held: str) -> tuple[int, Headers, bytes]:
        """Status, headers and body for a reader who accepts these codings and holds these entity tags."""
        coding = best_coding(accepted)
        if held and self.status == HTTPStatus.OK and self._is_held(held):
            return HTTPStatus.NOT_MODIFIED, self.headers_304[coding], b""
        if method == "HEAD":
            return self.status, self.headers[coding], b""
        body = self.bodies.get(coding)
        return self.status, self.headers[coding], gzip.decompress(self.bodies["gzip"]) if body is None else body

    def _is_held(self, held: str) -> bool:
        if held in self.tags:
            return True
        tags = {tag.removeprefix("W/") for tag in parse_etags(held)}
        return "*" in tags or not tags.isdisjoint(self.tags)


@lru_cache(maxsize=256)
def best_coding(accepted: str) -> str:
    """The best of our codings that an Accept-Encoding header lets through; a weight of zero forbids."""
    wanted = dict(_weighed(accepted))
    return next((coding for coding in CODINGS if wanted.get(coding)), "")


def _weighed(accepted: str) -> list[tuple[str, bool]]:
    items = (item.partition(";") for item in accepted.lower().split(","))
    return [(name.strip(), not re.fullmatch(r"\s*q=0(\.0{0,3})?\s*", rest)) for name, _, rest in items]
