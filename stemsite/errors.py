"""Pages for what goes wrong: plain words, the right status, no database, no session, never stored (PAGE-48).

They render without the request: the stock handlers run context processors that read the POST data
again and answer 500 to a form whose declared encoding cannot be read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static

from stemsite.clinic.remembered import remembered
from stemsite.outages import RETRY_AFTER, Resend, is_outage, kept_form

WORDS: dict[int, tuple[str, str]] = {
    400: (
        "We could not read this request",
        "Something in it was damaged on the way. Go back, load the page again, and try once more.",
    ),
    403: ("This page is not open to you", "If you work here, log in first or ask the owner of the site for access."),
    405: ("That cannot be done here", "This address only shows a page. Go back and use the page's own buttons."),
    413: ("That was too much at once", "Send a shorter text or a smaller file."),
    422: ("Something is missing", "Go back and look at the fields that are marked."),
    429: ("That was too often", "Please wait a few minutes and then try again."),
    500: (
        "Something went wrong on our side",
        "It is not your fault, and we have been told. Please try again in a few minutes.",
    ),
    503: ("We are back soon", "The site is being looked after. Please try again in a few minutes."),
}


def error_page(
    status: int, *, title: str = "", advice: str = "", retry_after: int | None = None, resend: Resend | None = None
) -> HttpResponse:
    """The page for ``status``; ``title`` and ``advice`` take the place of its usual words."""
    usual_title, usual_advice = WORDS[status]
    context = {
        "title": title or usual_title,
        "advice": advice or usual_advice,
        "resend": resend,
        "reach": remembered(),
        "stylesheet": _address("stemsite/site.css"),
    }
    response = HttpResponse(render_to_string("500.html" if status == 500 else "error.html", context), status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _address(name: str) -> str:
    """Where the static file is; empty while static files are not collected: an error page never fails itself."""
    try:
        return static(name)
    except ValueError:
        return ""


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
