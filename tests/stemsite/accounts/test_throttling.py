from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from stemsite.access import Role
from stemsite.accounts import throttling
from stemsite.clients import network_of
from tests.factories import make_user

from .conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.database]

EMAIL = "ann@example.org"
TOO_MANY = "Too many tries"


@pytest.fixture(autouse=True)
def ann():
    return make_user(Role.AUTHOR, email=EMAIL)


def attack(number: int, email: str = EMAIL, client: Client | None = None) -> str:
    """One wrong try from a network of its own."""
    answer = (client or Client()).post(
        "/accounts/login/", {"login": email, "password": f"guess {number}"}, REMOTE_ADDR=f"203.{number}.0.9"
    )
    return answer.content.decode()


def test_an_attack_on_one_account_from_many_networks_is_stopped_within_twenty_tries():
    """SEC-12."""
    answers = [attack(number) for number in range(20)]
    assert any(TOO_MANY in answer for answer in answers)
    right = Client().post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}, REMOTE_ADDR="203.99.0.9")
    assert TOO_MANY in right.content.decode()


def test_an_attack_on_many_accounts_from_one_network_is_stopped_within_twenty_tries():
    """SEC-12: another address in the same network does not help."""
    answers = [
        Client()
        .post(
            "/accounts/login/", {"login": f"a{number}@example.org", "password": "x"}, REMOTE_ADDR=f"203.0.113.{number}"
        )
        .content.decode()
        for number in range(20)
    ]
    assert TOO_MANY in answers[-1]


def test_the_owner_of_an_account_under_attack_still_gets_in_from_where_they_signed_in_before():
    """SEC-12: throttled without locking the owner out."""
    own = Client()
    own.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    own.post("/accounts/logout/")
    for number in range(20):
        attack(number)
    answer = own.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    assert answer["Location"] == "/admin/"


def test_a_known_device_has_a_budget_of_its_own_and_no_more():
    """A stolen device is no way to guess for ever."""
    own = Client()
    own.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    own.post("/accounts/logout/")
    assert any(TOO_MANY in attack(number, client=own) for number in range(20))


def test_the_mark_of_a_device_counts_for_its_own_account_only(ann):
    bob = make_user(Role.AUTHOR, email="bob@example.org")
    request = RequestFactory().get("/")
    request.COOKIES[throttling.cookie_name()] = throttling.make_token(throttling.PURPOSE, bob.pk)
    assert throttling.is_known(request, "bob@example.org")
    assert not throttling.is_known(request, EMAIL)
    request.COOKIES[throttling.cookie_name()] += "x"
    assert not throttling.is_known(request, "bob@example.org")


def test_a_password_set_anew_by_mail_opens_the_account_in_the_middle_of_an_attack(ann):
    from stemsite.mail.models import Delivery

    own = Client()
    own.post("/accounts/password/reset/", {"email": EMAIL})
    path = next(line for line in Delivery.objects.get(kind="password_reset").text.splitlines() if "/key/" in line)
    form = own.get(path.partition("8000")[2], follow=True)
    new = "another quite long one"
    own.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    for number in range(20):
        attack(number)
    assert own.post("/accounts/login/", {"login": EMAIL, "password": new})["Location"] == "/admin/"


def test_right_logins_use_up_nothing():
    for _ in range(25):
        client = Client()
        assert client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}).status_code == 302


def test_no_address_of_a_client_is_kept(settings):
    """LEAD-14: limits count keyed hashes of networks."""
    from django.db import connection

    attack(7)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        kept = str(cursor.fetchall())
    assert "login_failed" in kept
    assert "203.7" not in kept and EMAIL not in kept


@pytest.mark.parametrize(
    ("proxies", "forwarded", "same"),
    [
        (0, "198.51.100.1", False),
        (1, "10.9.9.9, 198.51.100.1", True),
        (1, "198.51.100.1", True),
        (2, "198.51.100.1, 192.0.2.5", True),
        (2, "198.51.100.1", True),
        (1, "198.51.100.1:4711", True),
        (1, "198.51.100.200", True),
        (1, "198.51.101.1", False),
        (1, "nonsense", False),
        (1, "", False),
    ],
)
def test_only_trusted_proxies_say_where_a_client_comes_from(settings, rf, proxies, forwarded, same):
    settings.TRUSTED_PROXIES = proxies
    asked = rf.get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="192.0.2.77")
    plain = rf.get("/", REMOTE_ADDR="198.51.100.1")
    settings_of_plain = network_of(plain) if proxies == 0 else _direct(settings, plain)
    assert (network_of(asked) == settings_of_plain) is same


def _direct(settings, request) -> str:
    kept, settings.TRUSTED_PROXIES = settings.TRUSTED_PROXIES, 0
    try:
        return network_of(request)
    finally:
        settings.TRUSTED_PROXIES = kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::3", "2001:db8:1:ffff::9"),
        ("[2001:db8:1::3]:443", "2001:db8:1::4"),
        ("::ffff:198.51.100.1", "198.51.100.9"),
    ],
)
def test_neighbours_count_as_one_network(rf, one, other):
    assert network_of(rf.get("/", REMOTE_ADDR=one)) == network_of(rf.get("/", REMOTE_ADDR=other))


def test_limits_are_shared_by_all_processes(settings):
    """DESIGN 2: the default cache is not one process's memory."""
    assert "locmem" not in settings.CACHES["default"]["BACKEND"].lower()
    cache.set("seen", 1)
    assert cache.get("seen") == 1
