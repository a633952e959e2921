from __future__ import annotations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from stemsite.access import Role
from tests.factories import make_user

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_address_and_password_open_the_work_queue(client, sign_in):
    make_user(Role.AUTHOR, email="ann@example.org")
    assert client.get("/accounts/login/").status_code == 200
    answer = sign_in("Ann@Example.org")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_a_login_leads_back_to_where_it_was_asked(client, sign_in):
    make_user(Role.AUTHOR, email="ann@example.org")
    asked = client.get("/admin/accounts/user/?q=x")
    assert asked["Location"].startswith("/admin/login/?next=")
    login = client.get(asked["Location"])
    assert login["Location"].startswith("/accounts/login/?next=/admin/accounts/user/")
    assert sign_in("ann@example.org", path=login["Location"])["Location"] == "/admin/accounts/user/?q=x"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_login_never_leads_elsewhere(client, sign_in, wanted):
    make_user(Role.AUTHOR, email="ann@example.org")
    assert "evil" not in client.get("/admin/login/", {"next": wanted})["Location"]
    assert sign_in("ann@example.org", path=f"/accounts/login/?next={wanted}")["Location"] == "/admin/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, sign_in):
    make_user(Role.AUTHOR, email="ann@example.org")
    known, unknown = sign_in("ann@example.org", "wrong"), sign_in("nobody@example.org", "wrong")
    words = "The e-mail address or the password is not right."
    assert words in known.content.decode() and words in unknown.content.decode()
    assert known.status_code == unknown.status_code == 200


def test_a_deactivated_account_is_refused_like_a_wrong_password(client, sign_in):
    user = make_user(Role.AUTHOR, email="ann@example.org")
    sign_in("ann@example.org")
    user.is_active = False
    user.save()
    assert client.get("/admin/").status_code == 302
    assert "is not right" in sign_in("ann@example.org").content.decode()


@pytest.mark.parametrize("path", ["signup/", "email/", "confirm-email/", "password/set/", "login/code/", "social/", ""])
def test_pages_that_nobody_needs_do_not_exist(client, path, clinic):
    assert client.get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_set_password", "mfa_add_webauthn"])
def test_addresses_that_nobody_needs_have_no_name(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_signing_out_needs_a_post(client, sign_in):
    make_user(Role.AUTHOR, email="ann@example.org")
    sign_in("ann@example.org")
    assert client.get("/admin/logout/").status_code == 405
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/admin/").status_code == 200
    assert client.post("/admin/logout/")["Location"] == "/accounts/login/"
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/change/", "/admin/"]
)
def test_nothing_of_an_account_is_kept_by_a_cache(client, path):
    client.force_login(make_user(Role.AUTHOR))
    assert "no-store" in client.get(path)["Cache-Control"]


def test_the_password_form_is_a_plain_field_that_takes_a_paste(client):
    """SEC-12: nothing hinders a password manager."""
    page = client.get("/accounts/login/").content.decode()
    assert 'autocomplete="current-password"' in page and 'autocomplete="username"' in page
    assert "onpaste" not in page and "placeholder" not in page


def test_an_account_page_asks_for_the_token_of_its_form():
    user = make_user(Role.AUTHOR, email="ann@example.org")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/accounts/login/", {"login": user.email, "password": PASSWORD}).status_code == 403


def test_a_password_is_changed_and_other_sessions_end(client, sign_in):
    make_user(Role.AUTHOR, email="ann@example.org")
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": "ann@example.org", "password": PASSWORD})
    sign_in("ann@example.org")
    new = "another quite long one"
    answer = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


def test_a_forgotten_password_is_set_anew_by_one_letter(client, sign_in):
    from stemsite.audit.models import AuditEvent
    from stemsite.mail.models import Delivery

    make_user(Role.AUTHOR, email="ann@example.org")
    for asked in ("nobody@example.org", "ann@example.org"):
        assert (
            client.post("/accounts/password/reset/", {"email": asked})["Location"] == "/accounts/password/reset/done/"
        )
    letter = Delivery.objects.get(kind="password_reset")
    assert letter.to == "ann@example.org"
    path = next(line for line in letter.text.splitlines() if "/accounts/password/reset/key/" in line)
    form = client.get(path.partition("8000")[2], follow=True)
    new = "another quite long one"
    done = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert done["Location"] == "/accounts/password/reset/key/done/"
    assert sign_in("ann@example.org", new)["Location"] == "/admin/"
    assert AuditEvent.objects.filter(verb="password reset").exists()
    assert Delivery.objects.filter(kind="account_changed").first().to == "ann@example.org"
    again = Client().get(path.partition("8000")[2], follow=True)
    assert "no longer good" in again.content.decode()


def test_a_letter_that_resets_a_password_leads_to_our_own_address_whatever_the_host_header_says(client, settings):
    from stemsite.mail.models import Delivery

    settings.ALLOWED_HOSTS = ["*"]
    make_user(Role.AUTHOR, email="ann@example.org")
    client.post("/accounts/password/reset/", {"email": "ann@example.org"}, headers={"host": "evil.example"})
    assert "evil" not in Delivery.objects.get(kind="password_reset").text


def test_no_link_stands_between_address_and_password(client):
    """Who types the address and presses Tab types the password, and does not ask for a new one."""
    shown = client.get("/accounts/login/").content.decode()
    assert 0 < shown.index('name="login"') < shown.index('name="password"') < shown.index("Forgot your password?")
