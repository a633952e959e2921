"""Handing out stored pictures where no web server in front does."""

from __future__ import annotations

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}

_NAME = re.compile(r"pictures/[a-zA-Z0-9_-]{1,80}\.(jpg|png|webp|avif)\Z")


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """One picture by its own name; names are never reused, so it may be kept for ever."""
    match = _NAME.match(name)
    if match is None or not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name), content_type=TYPES[match[1]])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
