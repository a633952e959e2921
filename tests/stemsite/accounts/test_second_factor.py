from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver

from stemsite.access import PRESETS, Role
from stemsite.accounts import second_factor
from stemsite.audit.models import AuditEvent
from tests.factories import make_user

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db

ACTIVATE = "/accounts/2fa/totp/activate/"


@pytest.fixture
def required(settings):
    settings.STAFF_MFA = "required"


@pytest.fixture
def ann():
    return make_user(*PRESETS["Editor"], email="ann@example.org")


def admin_addresses() -> list[str]:
    """Every address of the staff site, read from the URLconf itself, with made-up values in its places."""

    def walk(patterns, prefix: str):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                yield route

    routes = walk(admin.site.get_urls(), "/admin/")
    return sorted(
        {re.sub(r"\(\?P<\w+>.*\)\$?", "1", re.sub(r"<[^>]+>", "1", route)).replace("\\Z", "") for route in routes}
    )


def test_without_a_second_factor_no_address_of_the_staff_site_opens_where_it_is_required(client, required, ann):
    """PUB-139: side doors too; the list comes from the URLconf."""
    client.force_login(ann)
    doors = {"/admin/login/", "/admin/logout/"}
    addresses = [path for path in admin_addresses() if path not in doors]
    assert len(addresses) > 10
    for path in addresses:
        for ask in (client.get, client.post):
            answer = ask(path)
            assert answer.status_code == 302 and answer["Location"].startswith(ACTIVATE), (path, answer)


def test_with_a_second_factor_the_same_person_gets_in(client, required, ann, with_factor):
    with_factor(ann)
    client.force_login(ann)
    assert client.get("/admin/").status_code == 200


def test_in_a_trial_it_is_offered_and_can_be_put_off(client, sign_in, ann):
    sign_in("ann@example.org")
    page = client.get("/admin/").content.decode()
    assert f'<a href="{ACTIVATE}">Add a second factor</a>' in page


def test_setting_it_up_shows_a_picture_from_our_own_address_and_then_recovery_codes(
    client, required, sign_in, ann, code_of, django_capture_on_commit_callbacks
):
    """SEC-09: no data: image, so the policy has no hole."""
    assert client.get("/accounts/2fa/totp/qr.svg").status_code == 302
    sign_in("ann@example.org")
    assert client.get("/admin/")["Location"].startswith(ACTIVATE)
    page = client.get(ACTIVATE)
    assert page.status_code == 200
    text = page.content.decode()
    assert "data:" not in text and 'src="/accounts/2fa/totp/qr.svg"' in text
    picture = client.get("/accounts/2fa/totp/qr.svg")
    assert picture["Content-Type"] == "image/svg+xml" and picture.content.startswith(b"<?xml")
    assert "no-store" in picture["Cache-Control"]
    secret = page.context["form"].secret
    wrong = client.post(ACTIVATE, {"code": "000000" if code_of(secret) != "000000" else "111111"})
    assert wrong.status_code == 200 and not second_factor.has_second_factor(ann)
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(ACTIVATE, {"code": code_of(secret)})
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    codes = client.get(done["Location"]).content.decode()
    assert len(re.findall(r"<code>\d{8}</code>", codes)) == 10
    assert client.get("/admin/").status_code == 200
    assert client.get("/accounts/2fa/totp/qr.svg").status_code == 404
    assert AuditEvent.objects.filter(verb="totp activated", object_id=str(ann.pk)).exists()


def test_a_login_asks_for_the_code_and_takes_each_code_once(client, sign_in, ann, with_factor, code_of):
    from django.test import Client

    secret = with_factor(ann)
    assert sign_in("ann@example.org")["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/").status_code == 302
    code = code_of(secret)
    assert client.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    thief = Client()
    thief.post("/accounts/login/", {"login": "ann@example.org", "password": PASSWORD})
    assert "not right" in thief.post("/accounts/2fa/authenticate/", {"code": code}).content.decode()
    assert thief.get("/admin/").status_code == 302


def test_a_recovery_code_opens_once(sign_in, ann, with_factor):
    from allauth.mfa.models import Authenticator
    from django.test import Client

    with_factor(ann)
    code = Authenticator.objects.get(user=ann, type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (302, 200):
        client = Client()
        client.post("/accounts/login/", {"login": "ann@example.org", "password": PASSWORD})
        assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == expected


def test_guessing_codes_ends_after_a_few_tries(client, sign_in, ann, with_factor, code_of):
    """SEC-12: attacks are stopped within 20 tries, even with the right password."""
    secret = with_factor(ann)
    sign_in("ann@example.org")
    right = {code_of(secret, ahead) for ahead in (-1, 0, 1, 2)}
    guesses = [guess for guess in (f"{number:06}" for number in range(30)) if guess not in right][:20]
    for guess in guesses:
        answer = client.post("/accounts/2fa/authenticate/", {"code": guess})
    assert "Too many tries" in answer.content.decode()
    assert "Too many tries" in client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).content.decode()


def test_changing_a_factor_needs_a_fresh_login(client, sign_in, ann, with_factor, monkeypatch):
    """SEC-12: re-authentication for factor changes."""
    import time

    with_factor(ann)
    client.force_login(ann)
    for path in (
        ACTIVATE,
        "/accounts/2fa/totp/deactivate/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/recovery-codes/",
    ):
        answer = client.get(path, follow=True)
        assert answer.redirect_chain[-1][0].startswith("/accounts/reauthenticate/"), path
    back = client.post("/accounts/reauthenticate/?next=/accounts/2fa/recovery-codes/", {"password": PASSWORD})
    assert back["Location"] == "/accounts/2fa/recovery-codes/"
    assert client.get(back["Location"]).status_code == 200
    later = time.time() + 301
    monkeypatch.setattr("time.time", lambda: later)
    assert client.get("/accounts/2fa/recovery-codes/")["Location"].startswith("/accounts/reauthenticate/")


def test_where_it_is_required_nobody_takes_it_away(client, required, sign_in, ann, with_factor, code_of):
    secret = with_factor(ann)
    sign_in("ann@example.org")
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    refused = client.post("/accounts/2fa/totp/deactivate/")
    assert "A second factor is needed here" in refused.content.decode()
    assert second_factor.has_second_factor(ann)


@pytest.mark.parametrize(("password", "goes"), [("fifteen letters", True), ("8 letter", False)])
def test_in_a_trial_it_is_taken_away_only_from_a_password_that_stands_alone(
    client, sign_in, ann, with_factor, code_of, password, goes
):
    ann.set_password(password)
    ann.save()
    secret = with_factor(ann)
    sign_in("ann@example.org", password)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    client.post("/accounts/2fa/totp/deactivate/")
    assert second_factor.has_second_factor(ann) is not goes


def test_the_owner_resets_the_factor_of_somebody_who_lost_it(client, ann, with_factor):
    bob = make_user(Role.AUTHOR, email="bob@example.org")
    with_factor(bob)
    client.force_login(ann)
    address = f"/admin/accounts/user/{bob.pk}/reset-factor/"
    assert client.get(address).status_code == 405
    client.post(address)
    assert not second_factor.has_second_factor(bob)
    event = AuditEvent.objects.get(verb="second factor reset")
    assert (event.actor_id, event.object_id) == (ann.pk, str(bob.pk))
