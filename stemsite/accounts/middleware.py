"""What holds on every staff address, side doors too: the age of the session, the second factor, nothing kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from stemsite.headers import GetResponse

from . import second_factor
from .keeping import keep
from .models import KeptForm
from .throttling import mark_device

STAFF_PATHS = ("/admin/", "/accounts/")
LEAD_PATHS = (
    *(f"/admin/leads/{name}/" for name in ("contact", "enquiry", "packetrequest", "signup", "subscription")),
    "/admin/mail/",
)
"""Screens that show people: whoever was away for long signs in again before they open (SEC-12)."""

UNATTENDED = "X-Stemsite-Unattended"
"""Header of what an open form asks by its own clock: nobody has to be there, so it keeps no session alive."""

BEGAN = "began_at"
SEEN = "seen_at"
NOTED_EVERY = 60


class StaffMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(STAFF_PATHS):
            return self.get_response(request)
        kept = end_old_session(request)
        response = _to_kept(kept) if kept is not None else self.get_response(request)
        mark_device(request, response)
        add_never_cache_headers(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """No page of the staff site opens to somebody who still has to set up a second factor."""
        match = request.resolver_match
        if match is None or match.namespaces[:1] != ["admin"] or match.url_name in {"login", "logout"}:
            return None
        if not request.user.is_authenticated or not second_factor.is_missing(request.user):
            return None
        query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
        return redirect(f"{reverse('mfa_activate_totp')}{'?' if query else ''}{query}")


def end_old_session(request: HttpRequest) -> KeptForm | None:
    """Sign out whoever has been signed in, or away, for too long; remember that the others are there.

    What such a person just sent is kept for them.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    now, session = int(time.time()), request.session
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        session[BEGAN] = session[SEEN] = now
    elif now - began >= settings.SESSION_LIFETIME or now - seen >= _longest_away(request):
        kept = keep(request, request.user)
        logout(request)
        messages.info(request, "You were signed out because your session was over. Sign in to go on.")
        return kept
    elif abs(now - seen) >= NOTED_EVERY and UNATTENDED not in request.headers:
        session[SEEN] = now
    return None


def _to_kept(kept: KeptForm) -> HttpResponse:
    query = urlencode({"next": reverse("account_kept_form", args=[kept.key])})
    return HttpResponseRedirect(f"{reverse('account_login')}?{query}", status=303)


def _longest_away(request: HttpRequest) -> int:
    shows_people = request.path.startswith(LEAD_PATHS)
    longest: int = settings.SESSION_IDLE_LEADS if shows_people else settings.SESSION_IDLE
    return longest
