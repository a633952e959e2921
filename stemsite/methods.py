"""What this site answers at all: three methods, and addresses without a NUL; anything else meets no view."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from stemsite.clinic.error_pages import error_page
from stemsite.headers import GetResponse

ALLOWED = ("GET", "HEAD", "POST")


class MethodsMiddleware:
    """A view may allow fewer. There is no API for other origins, so OPTIONS has nothing to say either."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            # No address holds it, and PostgreSQL refuses it in any question.
            raise BadRequest("A NUL in the address.")
        if request.method in ALLOWED:
            return self.get_response(request)
        response = error_page(405)
        response["Allow"] = ", ".join(ALLOWED)
        return response
