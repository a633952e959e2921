"""The staff site's doors: signing in, out and changing a password all happen at the account pages."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

NOT_SHOWN = {"auth.group", "account.emailaddress", "account.emailconfirmation", "mfa.authenticator"}
"""Tables that packages would put on the staff site, but which change only together with an account."""


class AccountDoors(AdminSite):
    """A mixin of the staff site. Who may enter at all is asked here; what they may do there, ``can()`` says."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        shown = [model for model in models if model._meta.label_lower not in NOT_SHOWN]
        super().register(shown, admin_class, **options)

    # Typed loosely: Django's own say TemplateResponse, these lead to the account pages.
    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return _to_login(request)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return _leave(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("admin:index")


@require_safe
def _to_login(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and not (request.user.is_active and request.user.is_staff):
        raise PermissionDenied
    wanted = request.GET.get("next", "")
    index = reverse("admin:index")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        wanted = index
    if request.user.is_authenticated:
        return redirect(index)
    return redirect_to_login(wanted)


@require_POST
def _leave(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("account_login")
