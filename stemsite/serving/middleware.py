"""Answering public GET requests from the store, and filling it."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags

from stemsite.headers import secure

from . import store
from .models import StoredPage
from .spare import Spare

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

_NOT_KEPT = {"content-length", "date", "etag", "set-cookie", "x-request-id", "server-timing"}
_TRIES = 3
_NEVER_STORED = ("/admin/", "/accounts/")
"""Below these nothing is public, so the store is not even asked."""


def depends_on[R: HttpResponse](
    response: R,
    *keys: str,
    good_until: datetime.datetime | None = None,
    parameters: tuple[str, ...] = (),
) -> R:
    """Mark a public answer as one that may be stored, and name everything it shows.

    ``parameters`` are the query parameters it took notice of; the address is kept with these alone.
    """
    response.serving_keys = frozenset(keys)  # type: ignore[attr-defined]
    response.serving_good_until = good_until  # type: ignore[attr-defined]
    response.serving_parameters = parameters  # type: ignore[attr-defined]
    return response


class PageStoreMiddleware:
    """Outermost but for what every answer needs: a hit never reaches sessions, messages or views."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.spare = Spare()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or request.path.startswith(_NEVER_STORED):
            return self.get_response(request)
        if store.is_on() and (page := self.spare.find(request.path, request.GET)):
            return _from_store(request, page)
        response, began, settled = self._rendered(request)
        if not hasattr(response, "serving_keys"):
            return response
        return _finish(request, response, began if settled else None)

    def _rendered(self, request: HttpRequest) -> tuple[HttpResponse, int, bool]:
        """A public page rendered while nothing public changed, so that it never mixes old with new (PUB-02)."""
        began = store.generation()
        for _ in range(_TRIES):
            response = self.get_response(request)
            if not hasattr(response, "serving_keys") or (now := store.generation()) == began:
                return response, began, True
            began = now
        return response, began, False


def _finish(request: HttpRequest, response: HttpResponse, began: int | None) -> HttpResponse:
    if "Vary" in response or response.cookies:
        logger.error(
            "%s varies by cookie or header; a stored page holds nobody's bytes, so it is not stored", request.path
        )
        patch_cache_control(response, private=True, no_store=True)
        return response
    patch_cache_control(response, public=True, no_cache=True)
    # Kept with the page: whoever answers from the store, outside of Django too, answers as strictly.
    secure(response)
    headers = tuple((name, value) for name, value in response.items() if name.lower() not in _NOT_KEPT)
    body = response.content
    if store.is_on() and request.method == "GET" and began is not None:
        _keep(request, response, headers, began)
    return _answer(request, status=response.status_code, headers=headers, tag=store.etag(body), body=lambda _: body)


def _keep(request: HttpRequest, response: HttpResponse, headers: tuple[tuple[str, str], ...], began: int) -> None:
    """Store the answer under its one address; where that fails, readers get it all the same."""
    parameters: tuple[str, ...] = response.serving_parameters  # type: ignore[attr-defined]
    address = store.address_of(request.path, request.GET, parameters)
    if address != request.get_full_path():
        return
    rendered = store.Rendered(
        status=response.status_code,
        headers=headers,
        body=response.content,
        keys=response.serving_keys,  # type: ignore[attr-defined]
        parameters=parameters,
        good_until=response.serving_good_until,  # type: ignore[attr-defined]
    )
    try:
        store.keep(address, rendered, began=began)
    except DatabaseError:
        logger.warning("%s could not be stored", request.path, exc_info=True)


def _from_store(request: HttpRequest, page: StoredPage) -> HttpResponse:
    bodies = {"br": page.brotli, "gzip": page.gzipped, "": page.body}
    return _answer(
        request,
        status=page.status,
        headers=tuple((name, value) for name, value in page.headers),
        tag=page.etag,
        body=lambda coding: bytes(bodies[coding]),
        codings=("br", "gzip"),
    )


def _answer(
    request: HttpRequest,
    *,
    status: int,
    headers: tuple[tuple[str, str], ...],
    tag: str,
    body: Callable[[str], bytes],
    codings: tuple[str, ...] = (),
) -> HttpResponse:
    """The answer in the best coding the reader accepts; 304 when they hold these very bytes (RFC 9110, 13.1.2)."""
    coding = next((name for name in codings if _accepts(request, name)), "")
    tags = {name: f'"{tag}-{name}"' if name else f'"{tag}"' for name in (*codings, "br", "gzip", "")}
    held = parse_etags(request.headers.get("If-None-Match", ""))
    if status == 200 and ("*" in held or set(tags.values()) & {item.removeprefix("W/") for item in held}):
        response = HttpResponse(status=304)
        response.headers.pop("Content-Type", None)
        headers = tuple(header for header in headers if header[0].lower() not in {"content-type", "last-modified"})
    else:
        response = HttpResponse(b"" if request.method == "HEAD" else body(coding), status=status)
    for name, value in headers:
        response[name] = value
    response["ETag"] = tags[coding]
    response["Vary"] = "Accept-Encoding"
    if coding and response.status_code != 304:
        response["Content-Encoding"] = coding
    if response.status_code != 304:
        response["Content-Length"] = str(len(body(coding)))
    return response


def _accepts(request: HttpRequest, coding: str) -> bool:
    for item in request.headers.get("Accept-Encoding", "").split(","):
        name, _, parameters = item.strip().partition(";")
        if name.strip().lower() == coding:
            return parameters.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
