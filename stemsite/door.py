"""The door: methods this site does not answer, and addresses no database could hold, go no further."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from stemsite.errors import error_page
from stemsite.headers import GetResponse

ALLOWED = ("GET", "HEAD", "POST")


class DoorMiddleware:
    """A view may allow fewer methods. There is no API for other origins, so OPTIONS has nothing to say either."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ALLOWED:
            response = error_page(405)
            response["Allow"] = ", ".join(ALLOWED)
            return response
        # PostgreSQL fails on a NUL in any text; none is ever part of an address of ours.
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return error_page(400)
        return self.get_response(request)
