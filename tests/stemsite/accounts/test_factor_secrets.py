"""Second factors at rest: a stolen database makes nobody's codes, and older secrets still work."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection

from stemsite.accounts import factor_secrets
from stemsite.keys import new_field_key, parse_field_keys
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def user():
    return make_user()


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        return str(cursor.fetchall())


def test_sec_13_secret_and_recovery_seed_are_sealed(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user)
    assert secret not in stored()
    assert factor_secrets.open_(codes.instance.data["seed"]) not in stored()
    assert len(codes.generate_codes()) == 10


def test_a_secret_of_an_older_release_works_and_moves_under_seal(user):
    secret = generate_totp_secret()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    assert factor_secrets.open_(secret) == secret
    assert [left.rows for left in factor_secrets.reseal()] == [0]
    assert secret not in stored()
    assert factor_secrets.open_(Authenticator.objects.get().data["secret"]) == secret


def test_lead_110_rotation_reaches_second_factors(user, settings):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    settings.FIELD_KEYS = (*parse_field_keys(new_field_key("new")), *settings.FIELD_KEYS)
    list(factor_secrets.reseal())
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert factor_secrets.open_(Authenticator.objects.get().data["secret"]) == secret


def test_a_missing_key_lets_no_code_pass_and_breaks_nothing(user, settings):
    TOTP.activate(user, generate_totp_secret())
    settings.FIELD_KEYS = parse_field_keys(new_field_key("other"))
    assert [left.rows for left in factor_secrets.reseal()] == [1]
    authenticator = TOTP(Authenticator.objects.get())
    assert authenticator.validate_code("123456") is False
