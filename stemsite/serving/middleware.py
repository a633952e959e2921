"""Answering public GET requests from the store, and filling it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags

from stemsite.headers import secure

from . import store
from .models import StoredPage

GetResponse = Callable[[HttpRequest], HttpResponse]

_NOT_KEPT = {"content-length", "date", "etag", "set-cookie", "x-request-id", "server-timing"}


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

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        if store.is_on() and not request.META.get("QUERY_STRING") and (page := store.find(request.path)):
            return _from_store(request, page)
        began = store.generation() if store.is_on() else 0
        response = self.get_response(request)
        if not hasattr(response, "serving_keys"):
            return response
        return _finish(request, response, began)


def _finish(request: HttpRequest, response: HttpResponse, began: int) -> HttpResponse:
    patch_cache_control(response, public=True, no_cache=True)
    if "Vary" in response or response.cookies:
        raise RuntimeError(f"{request.path} varies by cookie or header; a stored page holds nobody's bytes.")
    address = request.path
    if query := _known_query(request, response):
        address = f"{address}?{query}"
    body = response.content
    # Kept with the page: whoever answers from the store, outside of Django too, answers as strictly.
    secure(response)
    headers = tuple((name, value) for name, value in response.items() if name.lower() not in _NOT_KEPT)
    if store.is_on() and request.method == "GET" and address == request.get_full_path():
        store.keep(
            address,
            store.Rendered(
                status=response.status_code,
                headers=headers,
                body=body,
                keys=response.serving_keys,  # type: ignore[attr-defined]
                good_until=response.serving_good_until,  # type: ignore[attr-defined]
            ),
            began=began,
        )
    return _answer(request, status=response.status_code, headers=headers, tag=store.etag(body), body=lambda _: body)


def _known_query(request: HttpRequest, response: HttpResponse) -> str:
    known = response.serving_parameters  # type: ignore[attr-defined]
    return urlencode(sorted((name, request.GET[name]) for name in known if request.GET.get(name)))


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
    if request.method == "HEAD":
        response["Content-Length"] = str(len(body(coding)))
    return response


def _accepts(request: HttpRequest, coding: str) -> bool:
    for item in request.headers.get("Accept-Encoding", "").split(","):
        name, _, parameters = item.strip().partition(";")
        if name.strip().lower() == coding:
            return parameters.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
