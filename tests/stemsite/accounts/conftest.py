from __future__ import annotations

import pytest
from django.core.cache import cache

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _empty_cache(db):
    """Limits and used codes of one test are not those of the next."""
    cache.clear()


@pytest.fixture
def sign_in(client):
    """Enter address and password on the login page."""

    def enter(email: str, password: str = PASSWORD, path: str = "/accounts/login/", **extra: object):
        return client.post(path, {"login": email, "password": password}, **extra)

    return enter


@pytest.fixture
def code_of():
    """The code that the person's authenticator app shows; ``ahead`` of now by so many half minutes."""
    import time

    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    def code(secret: str, ahead: int = 0) -> str:
        return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))

    return code


@pytest.fixture
def with_factor():
    """Give an account an authenticator app; the secret it holds."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    def give(user) -> str:
        secret = generate_totp_secret()
        TOTP.activate(user, secret)
        RecoveryCodes.activate(user)
        return secret

    return give
