"""Cross-site protection without cookies: the table of LEAD-18, first matching row wins.

A stored page can carry no token, so the browser's own headers say where a form was sent from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from stemsite.clinic.error_pages import error_page

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    row: int
    allowed: bool
    is_bare: bool = False
    """Neither header came: no browser, or a very old one."""


def judge(
    method: str, *, fetch_site: str, origin: str | None, host: str, secure: bool, trusted: Collection[str] = ()
) -> Crossing:
    """What becomes of a request; ``origin`` is none where the header is absent."""
    if method in {"GET", "HEAD", "OPTIONS"}:
        return Crossing(row=1, allowed=True)
    site = fetch_site.strip()
    if site in {"same-origin", "none"}:
        return Crossing(row=2 if site == "same-origin" else 3, allowed=True)
    if site in {"same-site", "cross-site"}:
        known = origin in trusted
        return Crossing(row=4 if known else 5, allowed=known)
    if site:
        return Crossing(row=6, allowed=False)
    if not origin:
        return Crossing(row=7, allowed=True, is_bare=True)
    if is_same_origin(origin, host=host, secure=secure):
        return Crossing(row=8, allowed=True)
    return Crossing(row=9, allowed=True) if origin in trusted else Crossing(row=10, allowed=False)


def is_same_origin(origin: str, *, host: str, secure: bool) -> bool:
    """Whether ``origin`` names this host and port; on an https request it must be https too."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.path or parts.query or "@" in parts.netloc:
        return False
    if secure and parts.scheme != "https":
        return False
    theirs = _host_and_port(parts.hostname, port, parts.scheme)
    own = urlsplit(f"//{host}")
    return theirs == _host_and_port(own.hostname or "", own.port, "https" if secure else parts.scheme)


def _host_and_port(host: str, port: int | None, scheme: str) -> tuple[str, int]:
    return host.lower(), port or _DEFAULT_PORTS[scheme]


def crossing_of(request: HttpRequest) -> Crossing:
    return judge(
        request.method or "",
        fetch_site=request.headers.get("Sec-Fetch-Site", ""),
        origin=request.headers.get("Origin"),
        host=request.get_host(),
        secure=request.is_secure(),
        trusted=settings.LEADS_TRUSTED_ORIGINS,
    )


View = Callable[..., HttpResponse]

REFUSED = "Go back: your text is still there. Load the page again and send it once more, or call us."


def public_form(view: View) -> View:
    """A view that anybody's browser may post to from our own pages, without a token."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        crossing = crossing_of(request)
        if not crossing.allowed:
            return error_page(403, advice=REFUSED)
        request.crossing = crossing  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    exempt: View = csrf_exempt(guarded)
    exempt.is_public_form = True  # type: ignore[attr-defined]
    return exempt
