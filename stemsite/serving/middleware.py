"""Answering public GET requests from the store, and filling it."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from stemsite.headers import secure
from stemsite.outages import is_outage

from . import store
from .alone import alone
from .answers import Answer, best_coding
from .front import count_reader, is_ours
from .lasting import rendering
from .memory import Memory, memory
from .models import StoredPage

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

_NOT_KEPT = {"content-length", "date", "etag", "set-cookie", "x-request-id", "server-timing"}
_TRIES = 3
_PAUSE = 2.0
"""Seconds for which a database that was away is not asked again, so that nobody waits for it."""
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

    def __init__(self, get_response: GetResponse, memory: Memory = memory) -> None:
        self.get_response = get_response
        self.memory = memory
        self.away_until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or request.path.startswith(_NEVER_STORED):
            return self.get_response(request)
        if not store.is_on() or not is_ours(request.META.get("HTTP_HOST", request.META["SERVER_NAME"])):
            return self._made(request)
        if answer := self._stored(request):
            return _given(request, answer)
        if request.method == "HEAD" or request.GET:
            return self._made(request)
        with alone(request.path) as somebody_was_first:
            if somebody_was_first and (answer := self._stored(request)):
                return _given(request, answer)
            return self._made(request)

    def _stored(self, request: HttpRequest) -> Answer | None:
        """What the database has for this address; what was seen last when it does not answer (SEC-03)."""
        address = f"{request.path}?{urlencode(sorted(request.GET.items()))}" if request.GET else request.path
        try:
            if time.monotonic() >= self.away_until:
                look = self.memory.look()
                page = store.find(request.path, request.GET)
                if page is None:
                    return None
                answer = Answer.of(page)
                self.memory.confirm(look, page.generation, address, answer)  # type: ignore[attr-defined]
                return answer
        except DatabaseError as error:
            if not is_outage(error):
                raise
            self.away_until = time.monotonic() + _PAUSE
        return self.memory.last_known(address)

    def _made(self, request: HttpRequest) -> HttpResponse:
        response, began, settled = self._rendered(request)
        if not hasattr(response, "serving_keys"):
            return response
        return _finish(request, response, began if settled else None)

    def _rendered(self, request: HttpRequest) -> tuple[HttpResponse, int, bool]:
        """A public page rendered while nothing public changed, so that it never mixes old with new (PUB-02)."""
        began = store.generation()
        for _ in range(_TRIES):
            with rendering(began):
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
    rendered = store.Rendered(
        status=response.status_code,
        headers=headers,
        body=response.content,
        keys=response.serving_keys,  # type: ignore[attr-defined]
        parameters=response.serving_parameters,  # type: ignore[attr-defined]
        good_until=response.serving_good_until,  # type: ignore[attr-defined]
    )
    page = None
    if store.is_on() and request.method == "GET" and began is not None:
        page = _kept(request, rendered, began)
    if page is not None:
        return _given(request, Answer.of(page))
    coding = best_coding(request.headers.get("Accept-Encoding", ""))
    return _given(request, Answer.of(rendered.packed(coding), coding))


def _kept(request: HttpRequest, rendered: store.Rendered, began: int) -> StoredPage | None:
    """Store the answer under its one address; where that fails, readers get it all the same."""
    address = store.address_of(request.path, request.GET, rendered.parameters)
    if address != request.get_full_path():
        return None
    try:
        return store.keep(address, rendered, began=began)
    except DatabaseError:
        logger.warning("%s could not be stored", request.path, exc_info=True)
        return None


def _given(request: HttpRequest, answer: Answer) -> HttpResponse:
    status, headers, body = answer.give(
        request.method or "GET",
        request.headers.get("Accept-Encoding", ""),
        request.headers.get("If-None-Match", ""),
    )
    if answer.is_page:
        count_reader(request.META, request.path)
    response = HttpResponse(body, status=status)
    response.headers.pop("Content-Type", None)
    for name, value in headers:
        response[name] = value
    return response
