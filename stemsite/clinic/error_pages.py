"""The page for what went wrong: plain words, the right status, the clinic's phone number, no database (PAGE-48).

It renders without the request: the stock handlers run context processors that read the POST data
again and answer 500 to a form whose declared encoding cannot be read.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static

from stemsite.outages import Resend

from .remembered import remembered

WORDS: dict[int, tuple[str, str]] = {
    400: (
        "We could not read this request",
        "Something in it was damaged on the way. Go back, load the page again, and try once more.",
    ),
    403: ("This page is not open to you", "If you work here, log in first or ask the owner of the site for access."),
    405: ("That cannot be done here", "This address answers only the buttons of its page. Go back and use these."),
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
        "stylesheet": _address("stemsite/forms.css"),
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
