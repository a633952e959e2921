from __future__ import annotations

import io

import pytest
from django.conf import settings as ours
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import Resolver404, resolve

from stemsite.access import PRESETS
from tests.factories import make_guide, make_user, sign_and_publish

from .addresses import HEALTH, every_address

pytestmark = pytest.mark.django_db

WANTED = {
    "Permissions-Policy": "camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "",
    "Content-Security-Policy": "default-src",
}


@pytest.fixture
def public(settings):
    """A public site behind one proxy that speaks TLS."""
    settings.IS_TRIAL = False
    settings.SITE_URL = "https://clinic.example"
    settings.ALLOWED_HOSTS = ["clinic.example"]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = 1
    return Client(headers={"host": "clinic.example", "x-forwarded-proto": "https"})


def faults(response) -> list[str]:
    wanted = dict(WANTED)
    if response.get("Referrer-Policy") == "no-referrer":  # Pages whose address is a secret are stricter.
        del wanted["Referrer-Policy"]
    missing = [name for name, value in wanted.items() if value not in response.get(name, "\0")]
    policy = response.get("Content-Security-Policy", "")
    return [*missing, *(["unsafe"] if "unsafe" in policy else []), *(["data:"] if "data:" in policy else [])]


def test_the_list_of_addresses_is_the_whole_site():
    found = every_address()
    assert {"/", "/contact/", "/accounts/login/", "/admin/", "/conditions/als/", "/sitemap.xml"} <= set(found)
    assert len(found) > 60
    for path in found:
        if path not in HEALTH and not path.startswith("/admin/"):
            try:
                resolve(path)
            except Resolver404:
                pytest.fail(f"{path} was filled in wrongly")


@pytest.mark.parametrize("who", ["reader", "staff"])
def test_every_answer_at_every_address_is_strict(client, clinic, who):
    """SEC-09: over all addresses of the URLconf, whatever the answer is."""
    sign_and_publish(make_guide())
    if who == "staff":
        client.force_login(make_user(*PRESETS["Editor"]))
    client.raise_request_exception = False
    for path in every_address():
        for ask in (client.get, client.post):
            response = ask(path)
            assert faults(response) == [], f"{ask.__name__} {path} ({response.status_code})"
            assert response.status_code < 500, path


def test_over_tls_every_answer_binds_the_browser_to_tls(public, clinic):
    """SEC-09."""
    for path in every_address():
        response = public.get(path)
        assert response["Strict-Transport-Security"] == "max-age=63072000", path
        assert faults(response) == []


def test_plain_http_is_sent_on_to_https(public, clinic):
    for path in ("/", "/accounts/login/", "/admin/"):
        answer = Client(headers={"host": "clinic.example"}).get(path)
        assert (answer.status_code, answer["Location"]) == (301, f"https://clinic.example{path}")
        assert faults(answer) == []


def test_what_a_client_says_about_its_scheme_is_not_believed_without_a_proxy(settings, clinic):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = None
    assert Client(headers={"x-forwarded-proto": "https"}).get("/").status_code == 301


def test_files_pictures_and_stored_pages_are_strict_too(client, clinic):
    """SEC-09."""
    name = default_storage.save("pictures/one.png", io.BytesIO(b"\x89PNG\r\n\x1a\n"))
    for path in (staticfiles_storage.url("stemsite/site.css"), f"/media/{name}", "/contact/", "/contact/"):
        response = client.get(path)
        assert response.status_code == 200 and faults(response) == [], path
        b"".join(response)
    assert "Access-Control-Allow-Origin" not in client.get(staticfiles_storage.url("stemsite/site.css"))


def test_a_stored_page_is_kept_with_its_headers(client, clinic):
    """Whoever answers from the store later has them at hand."""
    from stemsite.serving.models import StoredPage

    client.get("/contact/")
    kept = {name for name, _ in StoredPage.objects.get(address="/contact/").headers}
    assert set(WANTED) <= kept


@pytest.mark.parametrize(
    ("path", "extra", "status"),
    [
        ("/no-such-page/", {}, 404),
        ("/", {"headers": {"host": "evil.example"}}, 400),
        ("/contact", {}, 301),
        ("/admin/", {}, 302),
    ],
)
def test_refusals_and_redirects_are_strict_too(client, clinic, path, extra, status):
    response = client.get(path, **extra)
    assert response.status_code == status and faults(response) == []


def test_a_failure_shows_nothing_of_the_inside(client, clinic, monkeypatch):
    """SEC-08."""

    def burst(*args, **kwargs):
        raise RuntimeError("canary-insides")

    monkeypatch.setattr("articles.views.frame", burst)
    client.raise_request_exception = False
    response = client.get("/contact/")
    assert response.status_code == 500 and faults(response) == []
    assert b"canary" not in response.content and b"Traceback" not in response.content


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "PROPFIND", "X"])
def test_methods_that_nothing_here_needs_are_refused_at_every_address(client, clinic, method):
    """Section 2: function views answer anything with 200 unless told otherwise."""
    for path in every_address():
        response = client.generic(method, path)
        assert response.status_code == 405 and "GET" in response["Allow"], path
        assert faults(response) == []


def test_pages_that_only_show_something_take_no_post(client, clinic, settings):
    """LEAD-21: GET-only addresses say so; what takes a POST is staff's, a form, a token page or a signed webhook."""
    settings.MAIL_WEBHOOK, settings.ANYMAIL = "mailgun", {"MAILGUN_WEBHOOK_SIGNING_KEY": "k" * 32}
    takers = []
    for path in every_address():
        if path.startswith(("/admin/", "/accounts/")) or path in HEALTH:
            continue
        view = resolve(path).func
        classes = sum(hasattr(view, name) for name in ("is_public_form", "is_token_page", "is_signed_webhook"))
        if client.post(path).status_code not in {404, 405}:
            assert classes == 1, path
            assert view.csrf_exempt, path
            takers.append(path)
        else:
            assert not (classes or getattr(view, "csrf_exempt", False)), path
    forms, tokens = (
        ["/consultation/", "/feedback/", "/information-packet/", "/newsletter/"],
        ["/c/x", "/d/x", "/fact-check/x/", "/link/", "/p/x", "/u/x"],
    )
    assert takers == sorted([*forms, *tokens, "/hooks/mail/"])


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/admin/", "/contact/", "/accounts/password/reset/", "/no-such-page/"]
)
@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "nonsense", "idna"])
def test_a_form_in_a_strange_encoding_is_a_bad_request_and_not_a_failure(clinic, path, charset):
    """Section 2: stock Django answers 500 where a CSRF cookie is present."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get("/accounts/login/")
    assert client.cookies
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    response = client.generic("POST", path, "login=x".encode("utf-16"), content_type=kind)
    assert 400 <= response.status_code < 500 and faults(response) == []


@pytest.mark.database
def test_a_nul_in_an_address_is_a_bad_request_and_not_a_failure(client, clinic):
    """SEC-08: PostgreSQL takes none in any text."""
    client.force_login(make_user(*PRESETS["Editor"]))
    client.raise_request_exception = False
    for path in (
        "/%00/",
        "/blog/%00/",
        "/search/?q=%00",
        "/accounts/invitation/%00/",
        "/admin/accounts/user/?email=%00",
    ):
        response = client.get(path)
        assert response.status_code == 400 and faults(response) == [], path


@pytest.mark.parametrize("body", [b"--x\r\nbroken", b"", b"\x00" * 50])
def test_a_broken_multipart_form_is_no_failure(clinic, body):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get("/accounts/login/")
    response = client.generic("POST", "/accounts/login/", body, content_type="multipart/form-data; boundary=x")
    assert 400 <= response.status_code < 500


def test_static_files_cost_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(staticfiles_storage.url("stemsite/site.css"))
    assert response.status_code == 200 and "immutable" in response["Cache-Control"]


def test_cookies_of_a_public_site_are_bound_to_host_and_tls():
    """SEC-09: in a process of its own, since the names are settings."""
    from .test_settings import read_settings

    found = read_settings("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    assert found == ["__Host-session", "__Host-csrf", True, True]
    assert ours.SESSION_COOKIE_HTTPONLY and ours.CSRF_COOKIE_HTTPONLY
    assert (ours.SESSION_COOKIE_SAMESITE, ours.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")
    assert ours.SESSION_COOKIE_DOMAIN is None and ours.SESSION_COOKIE_PATH == "/"


def test_a_reader_gets_no_cookie_anywhere(clinic):
    sign_and_publish(make_guide())
    for path in every_address():
        if not path.startswith(("/admin/", "/accounts/")):
            assert not Client().get(path).cookies, path


def test_every_cookie_is_closed_to_scripts(client):
    make_user(email="ann@example.org")
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "ann@example.org", "password": "a long enough password"})
    assert set(client.cookies) == {"csrf", "session", "device"}
    for cookie in client.cookies.values():
        assert cookie["httponly"] and cookie["samesite"] == "Lax"


@pytest.mark.parametrize(("path", "status"), [("/no-such-page/", 404), ("/contact", 301), ("/studies/?year=x", 302)])
def test_what_says_nothing_about_caches_is_asked_for_again(client, clinic, path, status):
    """A page may be published, or come back, at an address that answered otherwise a minute ago."""
    response = client.get(path)
    assert (response.status_code, response["Cache-Control"]) == (status, "private, no-cache")
