"""The configuration for nginx is true to the settings, and a real nginx answers with it as the site itself does."""

from __future__ import annotations

import gzip
import http.client
import http.server
import io
import threading
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client

from stemsite.headers import secure
from stemsite.serving import disk, store
from stemsite.serving.laying import Folder
from stemsite.serving.memory import counter
from tests import nginx
from tests.factories import make_clinic, make_guide, make_plain_page, publish, sign_and_publish


def printed(**options) -> str:
    out = io.StringIO()
    call_command("nginx", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def behind(settings):
    settings.TRUSTED_PROXIES = 1


@pytest.fixture
def public(settings, behind):
    settings.IS_TRIAL, settings.SITE_URL = False, "https://clinic.example"
    settings.ALLOWED_HOSTS, settings.SECURE_HSTS_SECONDS = ["clinic.example"], 63_072_000


def test_sec_09_every_header_of_ours_stands_in_every_place_that_answers(public):
    text = printed()
    headers = dict(secure(HttpResponse()).items())
    headers.pop("Content-Type")
    assert {"Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options"} <= set(headers)
    for name, value in headers.items():
        places = text.count(f'add_header {name} "{value}"')
        assert places == 6, "pages, static files, away, and refused by each of three servers"


def test_it_is_true_to_the_settings(public, settings):
    settings.PORT, settings.SECURE_CSP = 8123, {"default-src": ["'none'"]}
    text = printed(certificate="/c.pem", key="/k.pem", brotli=True)
    assert "server 127.0.0.1:8123;" in text
    assert "server_name clinic.example;" in text
    assert "ssl_certificate /c.pem;" in text and "ssl_certificate_key /k.pem;" in text
    assert "default-src 'none'" in text
    assert "brotli_static on;" in text and "brotli_static" not in printed()
    assert "return 301 https://clinic.example$request_uri;" in text
    assert str(disk.names()) in text


@pytest.mark.parametrize(("host", "server"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]")])  # noqa: S104
def test_it_asks_the_site_where_it_listens(behind, settings, host, server):
    settings.HOST, settings.PORT = host, 8000
    assert f"server {server}:8000;" in printed()


def test_a_site_that_believes_no_proxy_gets_no_configuration(settings):
    settings.TRUSTED_PROXIES = 0
    with pytest.raises(CommandError, match="TRUSTED_PROXIES"):
        printed()


@pytest.mark.parametrize("kind", ["trial", "public"])
def test_nginx_itself_finds_nothing_wrong_with_it(request, tmp_path, kind):
    request.getfixturevalue("behind" if kind == "trial" else "public")
    options = certificate_in(tmp_path) if kind == "public" else {}
    said = nginx.said_of(tmp_path, printed(**options))
    assert said.returncode == 0, said.stderr
    assert "warn" not in said.stderr


def certificate_in(folder):
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "clinic.example")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime.now(UTC)).not_valid_after(datetime.now(UTC) + timedelta(2))
    (folder / "c.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "k.pem").write_bytes(key.private_bytes(pem, form, plain))
    return {"certificate": str(folder / "c.pem"), "key": str(folder / "k.pem")}


class Site(http.server.BaseHTTPRequestHandler):
    """Stands for the site behind: says what reached it."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append(SimpleNamespace(line=self.requestline, headers=dict(self.headers), body=body))
        self.send_response(200)
        self.send_header("Content-Length", "7")
        self.send_header("X-Site", "own")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"by site")

    do_GET = do_HEAD = do_POST = do_PUT = do_OPTIONS = answer

    def log_message(self, *args):
        pass


@pytest.fixture
def front(db, settings, tmp_path, behind):
    """nginx with two pages as files, the site behind it, and a way to ask."""
    settings.DATA_DIR, settings.PAGES_ON_DISK = tmp_path, True
    counter.cache_clear()
    make_clinic()
    sign_and_publish(make_guide())
    publish(make_plain_page())
    for address in ("/conditions/als/", "/privacy/"):
        Client().get(address)
    folder = Folder()
    assert folder.keep_up() == 2
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    site.asked, site.daemon_threads = [], True
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.HOST, settings.PORT = "127.0.0.1", site.server_address[1]
    port = nginx.free_port()

    def ask(path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers={"Host": f"127.0.0.1:{port}", **named})
            answer = connection.getresponse()
            return SimpleNamespace(status=answer.status, body=answer.read(), headers=dict(answer.getheaders()))
        finally:
            connection.close()

    try:
        with nginx.running(tmp_path, printed(listen=f"127.0.0.1:{port}"), port):
            ask.asked, ask.folder, ask.site, ask.port = site.asked, folder, site, port
            yield ask
    finally:
        site.shutdown()
        thread.join()
        site.server_close()
        counter.cache_clear()


@pytest.mark.parametrize("accepted", ["", "gzip"])
@pytest.mark.parametrize("address", ["/conditions/als/", "/privacy/"])
def test_its_answer_equals_ours_in_bytes_and_headers(front, address, accepted):
    theirs = front(address, Accept_Encoding=accepted)
    ours = Client().get(address, headers={"Accept-Encoding": accepted})
    assert front.asked == []
    assert (theirs.status, theirs.body) == (200, ours.content)
    own = {"Date", "Server", "Connection"}
    given = {name.title(): value for name, value in theirs.headers.items() if name not in own}
    expected = {name.title(): value for name, value in ours.headers.items() if name != "X-Request-ID"}
    assert given.pop("Etag").startswith('"') and expected.pop("Etag")
    for named in ("Server-Timing",):
        expected.pop(named, None)
    assert given == expected
    if accepted:
        assert b"<html" in gzip.decompress(theirs.body)


def test_whoever_holds_the_page_is_told_so_and_gets_the_next_one(front):
    first = front("/privacy/", Accept_Encoding="gzip")
    again = front("/privacy/", Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["Content-Security-Policy"] and again.headers["Cache-Control"] == "public, no-cache"
    plain = front("/privacy/")
    assert plain.headers["ETag"] != first.headers["ETag"], "other bytes, another tag"
    since = front("/privacy/", If_Modified_Since="Fri, 27 Nov 2099 00:00:00 GMT")
    assert since.status == 200, "only the tag decides"


def test_after_a_change_the_site_is_asked(front, django_capture_on_commit_callbacks):
    assert front("/privacy/").status == 200 and front.asked == []
    with django_capture_on_commit_callbacks(execute=True):
        store.forget("anything")
    assert front("/privacy/?a=1").body == front("/privacy/").body == b"by site"
    front.folder.keep_up()
    assert front("/privacy/").body != b"by site"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/privacy/?page=2"),
        ("GET", "/privacy/?utm_source=letter"),
        ("GET", "/nothing/here/"),
        ("GET", "/privacy"),
        ("GET", "/privacy/index.html"),
        ("GET", "//privacy/"),
        ("GET", "/Privacy/"),
        ("GET", "/static/../../../etc/passwd"),
        ("GET", "/static/a.0123456789ab.css"),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd"),
        ("GET", "/conditions/"),
        ("POST", "/privacy/"),
        ("PUT", "/privacy/"),
        ("OPTIONS", "/privacy/"),
        ("HEAD", "/privacy/?a=b"),
    ],
)
def test_anything_else_is_for_the_site_and_reaches_it_as_it_was_asked(front, method, path):
    body = b"name=value" if method in {"POST", "PUT"} else None
    answer = front(path, method, body)
    if answer.status == 400:
        assert "passwd" in path and "Content-Security-Policy" in answer.headers, (
            "nginx itself refuses to leave the root"
        )
        return
    assert answer.headers["X-Site"] == "own"
    (asked,) = front.asked
    assert asked.line == f"{method} {path} HTTP/1.1"
    assert asked.body == (body or b"")
    assert asked.headers["X-Forwarded-For"] == "127.0.0.1"
    assert asked.headers["X-Forwarded-Proto"] == "http"
    assert asked.headers["Host"] == f"127.0.0.1:{front.port}"


def test_what_a_reader_says_of_proxies_stands_before_what_nginx_saw(front):
    front("/search/", X_Forwarded_For="1.2.3.4", X_Forwarded_Proto="https")
    (asked,) = front.asked
    assert asked.headers["X-Forwarded-For"].endswith(", 127.0.0.1")
    assert asked.headers["X-Forwarded-Proto"] == "http"


def test_another_host_is_not_answered(front):
    with pytest.raises(ConnectionResetError):
        front("/privacy/", Host="evil.example")


def test_static_files_are_given_for_ever(front, settings):
    (settings.STATIC_ROOT / "site.0123456789ab.css").write_text("body{}")
    (settings.STATIC_ROOT / "site.css").write_text("body{}")
    answer = front("/static/site.0123456789ab.css")
    assert (answer.body, answer.headers["Content-Type"]) == (b"body{}", "text/css; charset=utf-8")
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert front("/static/site.css").headers["X-Site"] == "own"


def test_sec_10_too_large_a_body_is_refused_with_our_headers(front):
    answer = front("/newsletter/", "POST", b"x" * (3 * 1024 * 1024))
    assert answer.status == 413
    assert answer.headers["Content-Security-Policy"] and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert front("/admin/pictures/", "POST", b"x" * (3 * 1024 * 1024)).headers["X-Site"] == "own"


def test_sec_03_pages_are_given_while_the_site_is_away(front):
    front.site.shutdown()
    front.site.server_close()
    assert front("/privacy/").status == 200
    away = front("/search/")
    assert (away.status, away.headers["Retry-After"]) == (503, "5")
    assert away.headers["Content-Security-Policy"]
