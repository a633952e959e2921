"""Limits on failed logins, by account and by network, that never lock the owner of an account out.

Failures against an account from devices nobody knows share one small budget, so an attack ends
after a few tries, from however many networks it comes. A device on which the person signed in
before, or from which they reset their password by mail, has a budget of its own.
"""

from __future__ import annotations

import datetime
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from stemsite.tokens import TokenRefused, make_token, read_token

LIFETIME = datetime.timedelta(days=180)
PURPOSE = "known device"


def cookie_name() -> str:
    return "device" if settings.IS_TRIAL else "__Host-device"


def consume(request: HttpRequest, email: str) -> Any:
    """Count one try; none when the budget is used up. What is returned can be rolled back after a success."""
    login = email.strip().lower()
    if is_known(request, login):
        device = request.COOKIES[cookie_name()]
        return _consume(request, "login_failed_known_device", f"{login} {device}")
    return _consume(request, "login_failed", login)


def _consume(request: HttpRequest, action: str, key: str) -> Any:
    return ratelimit.consume(request, app="allauth.account", action=action, key=key)


def is_known(request: HttpRequest, login: str) -> bool:
    """Whether this device carries our mark for the account ``login``."""
    mark = request.COOKIES.get(cookie_name(), "")
    if not mark:
        return False
    try:
        pk = read_token(PURPOSE, mark, within=LIFETIME)
    except TokenRefused:
        return False
    return get_user_model().objects.filter(pk=pk, email__iexact=login, is_active=True).exists()


def remember(request: HttpRequest, user: Any) -> None:
    """Mark this device with the answer that is being made: its holder has shown to be ``user``."""
    request._known_device_of = user.pk  # type: ignore[attr-defined]


def mark_device(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set the mark where ``remember`` asked for it."""
    pk = getattr(request, "_known_device_of", None)
    if pk is not None:
        response.set_cookie(
            cookie_name(),
            make_token(PURPOSE, pk),
            max_age=LIFETIME,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
