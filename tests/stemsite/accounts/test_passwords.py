from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from stemsite.access import Role
from stemsite.accounts.models import User
from tests.factories import make_user
from tests.markup import tree, words
from tests.staff import signed_in

pytestmark = pytest.mark.django_db


def codes(password: str, user: User | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return {error.code for error in refused.error_list}
    return set()


def test_alone_a_password_needs_fifteen_characters(settings):
    """SEC-12."""
    settings.STAFF_MFA = "optional"
    assert codes("fourteen chars") == {"too_short"}
    assert codes("fifteen charact") == set()


def test_beside_a_second_factor_eight_are_enough(settings, with_factor):
    """SEC-12."""
    settings.STAFF_MFA = "optional"
    user = make_user()
    assert codes("tulip+ox", user) == {"too_short"}
    with_factor(user)
    assert codes("tulip+ox", user) == set()
    assert codes("tulip+o", user) == {"too_short"}
    settings.STAFF_MFA = "required"
    assert codes("tulip+ox") == set()


@pytest.mark.parametrize(
    "password",
    [
        "only small letters here",
        "ALL CAPITALS HERE",
        "ключ от квартиры",
        "words with   blanks",
        "🐢🐇 race to the pond",
        "x" * 3 + "k7 lake" * 30,
    ],
)
def test_there_are_no_rules_of_composition(password):
    """SEC-12."""
    assert codes(password) == set()


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "PASSWORDPASSWORD",
        "password1234567890",
        "123456789012345",
        "543210987654321",
        "qwertyuiopasdfghjkl",
        "aaaaaaaaaaaaaaaaaa",
        "abababababababab",
        "abcdefghijklmnopqrstuvwxyz",
        "letmeinletmeinletmein",
    ],
)
def test_what_everybody_guesses_first_is_refused(password):
    """SEC-12: a blocklist."""
    assert "guessable" in codes(password)


def test_ones_own_name_and_address_are_refused():
    user = make_user(email="maria.lopez@example.org", first_name="Maria", last_name="Lopez")
    assert "guessable" in codes("MariaLopezMaria", user)
    assert "guessable" in codes("maria.lopez@example.org", user)
    assert codes("Maria has four quiet cats", user) == set()


def test_an_endless_password_is_refused_before_it_is_hashed():
    assert "too_long" in codes("a b c d " * 200)


def test_passwords_are_kept_as_argon2(settings):
    from stemsite import settings as ours

    assert ours.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    settings.PASSWORD_HASHERS = ours.PASSWORD_HASHERS
    user = User(email="a@example.org")
    user.set_password("fifteen charact")
    assert user.password.startswith("argon2$argon2id$") and user.password_is_long
    assert user.check_password("fifteen charact")


@pytest.mark.django_db
def test_what_a_new_password_needs_is_read_out_with_its_field():
    """The rules are a list, and a list ends the paragraph that it stands in: the field was described by nothing."""
    root = tree(signed_in(Role.AUTHOR).get("/accounts/password/change/"))
    (field,) = [one for one in root.iter("input") if one.get("name") == "password1"]
    (rules,) = [one for one in root.iter() if one.get("id") in field.get("aria-describedby", "").split()]
    assert "At least 15 characters" in words(rules)
