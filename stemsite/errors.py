"""Handlers for what goes wrong: no session, never stored, nothing of the request in the answer (PAGE-48)."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse

from stemsite.clinic.error_pages import WORDS, error_page
from stemsite.outages import RETRY_AFTER, is_outage, kept_form


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    too_big = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return error_page(413 if too_big else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(403, advice="Go back, load the page again, and send the form once more.")


def server_error(request: HttpRequest) -> HttpResponse:
    """The end of every exception nobody expected, in middleware too. A store that is away is no fault of ours."""
    return unavailable(request) if is_outage(sys.exception()) else error_page(500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Nothing can be stored or read now (503); what was sent stays on the page and can be sent again."""
    if request.method in {"GET", "HEAD"}:
        return error_page(503, retry_after=RETRY_AFTER)
    resend = kept_form(request)
    advice = "Too much is happening at once. Wait a moment, then "
    advice += (
        "press “Send again”: what you typed is kept on this page."
        if resend
        else ("go back to the form, where your browser keeps what you typed, and send it once more.")
    )
    return error_page(503, title="Not saved yet", advice=advice, retry_after=RETRY_AFTER, resend=resend)


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
