"""The headers that every answer carries, in one place (SEC-09)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.csp import build_policy

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Only names that browsers agree on: an unknown one is an error in the reader's console.
_NO_POWERS = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip

FIXED = {
    "Permissions-Policy": ", ".join(f"{power}=()" for power in _NO_POWERS),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def secure[R: HttpResponseBase](response: R) -> R:
    """Give ``response`` what it lacks; a view that set a header of its own (stricter, or for a preview) keeps it."""
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    if not getattr(response, "xframe_options_exempt", False):
        response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Content-Security-Policy", build_policy(settings.SECURE_CSP))
    if settings.SECURE_HSTS_SECONDS:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")
    return response


class HeadersMiddleware:
    """Outermost of all, so that refusals, redirects, static files and stored pages pass through it as well."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = secure(self.get_response(request))
        # Without a word browsers keep a 301 for good, and go in a circle once the page comes back to its old address.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
