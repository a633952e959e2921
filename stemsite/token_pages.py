"""Pages whose address is a secret: the token is the authority, so no other proof is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponse]


def token_page(view: View) -> View:
    """A view that is never stored, never indexed and never told to another site (LEAD-46, PUB-39)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    exempt: View = csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(guarded))
    exempt.is_token_page = True  # type: ignore[attr-defined]
    return exempt
