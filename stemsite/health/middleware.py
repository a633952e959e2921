"""``/healthz/live`` and ``/healthz/ready``, answered before anything looks at the Host header or a session."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from stemsite.headers import GetResponse

from .readiness import Readiness, watch

LIVE = "/healthz/live"
READY = "/healthz/ready"


class HealthMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path not in {LIVE, READY}:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD", "Cache-Control": "no-store"})
        # Alive means that this process answers, whatever the state of everything behind it.
        response = _answer(Readiness() if request.path == LIVE else watch.readiness())
        response.headers["Cache-Control"] = "no-store"
        return response


def _answer(found: Readiness) -> HttpResponse:
    body = {"status": found.status, "failures": found.failures, "degraded": found.degraded}
    return JsonResponse(body, status=503 if found.failures else 200)
