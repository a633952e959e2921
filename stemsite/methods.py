"""The methods this site answers; everything else is 405 before any view sees it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from stemsite.headers import GetResponse

ALLOWED = ("GET", "HEAD", "POST")


class MethodsMiddleware:
    """A view may allow fewer. There is no API for other origins, so OPTIONS has nothing to say either."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in ALLOWED:
            return self.get_response(request)
        return HttpResponse(
            "This method is not allowed here.\n",
            status=405,
            content_type="text/plain; charset=utf-8",
            headers={"Allow": ", ".join(ALLOWED), "Cache-Control": "no-store"},
        )
