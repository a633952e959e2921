"""Handlers for what goes wrong: no session, never stored, nothing of the request in the answer (PAGE-48)."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse

from stemsite.clinic.error_pages import WORDS, error_page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    too_big = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return error_page(413 if too_big else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(403, advice="Go back, load the page again, and send the form once more.")


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(500)


class ErrorPageMiddleware:
    """Puts words under a bare status, such as the empty 405 of a view that only shows a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in WORDS or response.streaming or response.content:
            return response
        worded = error_page(response.status_code)
        for name, value in response.items():
            if name not in {"Content-Type", "Content-Length"}:
                worded[name] = value
        worded.cookies.update(response.cookies)
        return worded
