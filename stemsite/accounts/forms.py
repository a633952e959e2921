"""The forms of login and account: allauth's, with our words; labels above the fields instead of words inside them."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.fields import SetPasswordField
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

from . import throttling

LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "password": "Password",
    "oldpassword": "Your present password",
    "password1": "New password",
    "password2": "The same again",
    "code": "Code",
}


class Plain(forms.Form):
    """Our labels, and no placeholder that vanishes while one types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            if name == "code":
                field.widget.attrs |= {"autocapitalize": "off", "spellcheck": "false"}


class LoginForm(Plain, account.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""  # Its link would stand between the two fields; the page has one below.


class ChangePasswordForm(Plain, account.ChangePasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordForm(Plain, account.ResetPasswordForm):  # type: ignore[misc]
    pass


class NewPasswordForm(Plain, account.ResetPasswordKeyForm):  # type: ignore[misc]
    def save(self) -> None:
        """Whoever opened the mailed link is the holder: their next login is not held up by others' failures."""
        super().save()
        throttling.remember(context.request, self.user)


class ReauthenticateForm(Plain, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class CodeForm(Plain, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class ReauthenticateByCodeForm(Plain, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateForm(Plain, ActivateTOTPForm):  # type: ignore[misc]
    pass


class AcceptForm(Plain, account.PasswordVerificationMixin, forms.Form):  # type: ignore[misc]
    """What somebody invited still has to choose."""

    password1 = SetPasswordField()
    password2 = account.PasswordField(autocomplete="new-password")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["password1"]
        choice.user = user
