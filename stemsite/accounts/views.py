"""Account pages that allauth does not have: the QR code at an address of our own, and accepting an invitation."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from stemsite.tokens import TokenRefused

from . import second_factor, throttling
from .forms import AcceptForm
from .models import KeptForm, User
from .staffing import accept, invitation_of


@require_safe
@login_required
def qr_code(request: HttpRequest) -> HttpResponse:
    """The secret being set up, as a picture: a data: image would need a hole in the policy."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = get_mfa_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(picture, content_type="image/svg+xml")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password1", "password2")
@sensitive_variables("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; choosing a password begins the account and signs in."""
    try:
        found = invitation_of(token)
        draft = User(email=found.email, first_name=found.first_name, last_name=found.last_name)
        form = AcceptForm(request.POST or None, user=draft)
        if request.method == "POST" and form.is_valid():
            return _begin(request, accept(token, password=form.cleaned_data["password1"]))
    except TokenRefused:
        return render(request, "account/invitation_over.html", status=404)
    status = 422 if form.is_bound else 200
    return render(request, "account/invitation.html", {"form": form, "invitation": found}, status=status)


def _begin(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in whoever has just shown to hold the address, and lead on to the second factor."""
    logout(request)
    get_adapter().login(request, user)
    record_authentication(request, user, method="password", email=user.email, reauthenticated=True)
    throttling.remember(request, user)
    path = "mfa_activate_totp" if second_factor.is_required() else "account_second_factor_offer"
    response = HttpResponseRedirect(reverse(path))
    response.status_code = 303
    return response


@require_safe
@login_required
def second_factor_offer(request: HttpRequest) -> HttpResponse:
    """Where a second factor is not required: set it up now, or later."""
    return render(request, "account/second_factor_offer.html")


@require_safe
@login_required
def kept_form(request: HttpRequest, key: str) -> HttpResponse:
    """What this very person sent when their session was over, to be sent again with a new token."""
    found = get_object_or_404(KeptForm, key=key, user=request.user)
    return render(request, "account/kept_form.html", {"kept": found})


@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """Who is at work in this browser, and the token that their forms need now (PUB-77, PUB-78)."""
    user = request.user
    at_work = user.is_authenticated and user.is_active and user.is_staff and not second_factor.is_missing(user)
    return JsonResponse(
        {"user": user.pk if at_work else None, "name": str(user) if at_work else "", "token": get_token(request)}
    )


@require_safe
@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where the small window of a login ends: it tells the window that waits for it, and closes."""
    return render(request, "account/signed_in.html")
