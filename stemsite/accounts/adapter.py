"""How allauth behaves here: nobody signs up, limits count networks and not addresses, letters go by the outbox."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from stemsite.audit.recording import record
from stemsite.clients import network_of
from stemsite.clinic.models import Clinic
from stemsite.mail.outbox import queue

from . import factor_secrets, second_factor, throttling

CHANGES = {
    "account/email/password_changed": "Your password was changed.",
    "account/email/password_reset": "Your password was set anew by a link mailed to you.",
    "mfa/email/totp_activated": "An authenticator app was added to your account.",
    "mfa/email/totp_deactivated": "The authenticator app was removed from your account.",
    "mfa/email/recovery_codes_generated": "New recovery codes were made; the earlier ones no longer work.",
}
"""What happened to an account, by allauth's name for it."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {  # noqa: RUF012
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "too_many_login_attempts": (
            "Too many tries. Wait a quarter of an hour, or set a new password by the link below."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """There is one kind of answer here: pages."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return network_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self._login_failed_rl_usage = throttling.consume(request, credentials.get("email", ""))
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return str(credentials.get("email", "")).strip().lower()

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """A deactivated account is refused like a wrong password: nobody learns that it was the right one."""
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active and user.is_staff else None

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return redirect("account_login")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        throttling.remember(request, user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        offer_second_factor(request, user)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A login of a moment ago is as good as asking again."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("admin:index")

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", key)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        url = context["password_reset_url"]
        reference = f"{user.pk}-{hashlib.sha256(url.encode()).hexdigest()[:20]}"
        queue("password_reset", to=user.email, reference=reference, context={"url": url})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        raise NotImplementedError(f"No letter of ours is called {template_prefix}.")

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Keep every change of what opens an account, and tell its holder."""
        what = CHANGES[template_prefix]
        event = record(template_prefix.rpartition("/")[2].replace("_", " "), by=user, obj=user)
        url = f"{settings.SITE_URL}{reverse('account_reset_password')}"
        queue("account_changed", to=user.email, reference=str(event.number), context={"what": what, "url": url})


def offer_second_factor(request: HttpRequest, user: Any) -> None:
    """In a trial a second factor is offered at every login, and can be put off."""
    if not second_factor.is_required() and not second_factor.has_second_factor(user):
        words = 'Your account opens with a password alone. <a href="{}">Add a second factor</a> when you have a minute.'
        messages.info(request, format_html(words, reverse("mfa_activate_totp")))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {  # noqa: RUF012
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right. Codes change every half minute; take the one shown now.",
        "cannot_delete_authenticator": (
            "A second factor is needed here: by the rules of this site, or because your password is short."
        ),
    }

    def encrypt(self, text: str) -> str:
        return factor_secrets.close(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factor_secrets.open_(encrypted_text)

    def get_totp_issuer(self) -> str:
        return Clinic.current().name

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return not second_factor.is_required() and authenticator.user.password_is_long
