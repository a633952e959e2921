"""The wrapper outside Django: it answers what is certain, exactly as Django would, and leaves the rest to Django."""

import brotli
import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from stemsite.counts.tally import Tally
from stemsite.serving import front, store
from stemsite.serving.front import StoredFirst
from stemsite.serving.memory import Memory
from stemsite.serving.middleware import PageStoreMiddleware, depends_on

pytestmark = pytest.mark.django_db


class Behind:
    """Django, as far as the wrapper can tell: counts what reaches it."""

    def __init__(self, memory: Memory) -> None:
        self.asked = 0
        self.middleware = PageStoreMiddleware(self.view, memory)

    def view(self, request):
        return depends_on(HttpResponse("<p>" + "Words. " * 100), "site", parameters=self.parameters(request))

    def parameters(self, request):
        return ("page",) if request.path == "/list/" else ()

    def __call__(self, environ, start_response):
        self.asked += 1
        request = RequestFactory().generic(
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            QUERY_STRING=environ["QUERY_STRING"],
            **{name: value for name, value in environ.items() if name.startswith("HTTP_")},
        )
        response = self.middleware(request)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return [response.content]


@pytest.fixture
def site(monkeypatch):
    memory = Memory()
    monkeypatch.setattr(front, "memory", memory)
    behind = Behind(memory)
    wrapper = StoredFirst(behind)

    def ask(path="/page/", query="", method="GET", **environ):
        got = {}
        body = b"".join(
            wrapper(
                {
                    "REQUEST_METHOD": method,
                    "PATH_INFO": path,
                    "QUERY_STRING": query,
                    "HTTP_HOST": "testserver",
                    "wsgi.url_scheme": "http",
                    **environ,
                },
                lambda status, headers: got.update(status=status, headers=dict(headers)),
            )
        )
        return got["status"], got["headers"], body

    ask.behind, ask.wrapper, ask.memory = behind, wrapper, memory
    ask()
    ask()
    behind.asked = 0
    return ask


@pytest.mark.parametrize("accepted", ["br, gzip", "gzip", "", "br;q=0"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_gives_what_django_would_give(site, accepted, method):
    told = site(method=method, HTTP_ACCEPT_ENCODING=accepted)
    assert site.behind.asked == 0
    site.memory.seen.until = 0
    assert site(method=method, HTTP_ACCEPT_ENCODING=accepted) == told
    assert site.behind.asked == 1
    status, headers, body = told
    assert status == "200 OK"
    assert len(body) == (0 if method == "HEAD" else int(headers["Content-Length"]))
    if headers.get("Content-Encoding") == "br" and body:
        assert brotli.decompress(body).startswith(b"<p>Words.")
    assert headers["Content-Security-Policy"]


def test_whoever_holds_the_page_is_told_so(site):
    _, headers, _ = site(HTTP_ACCEPT_ENCODING="br")
    status, unchanged, body = site(HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=headers["ETag"])
    assert (status, body) == ("304 Not Modified", b"")
    assert "Content-Type" not in unchanged
    assert site(HTTP_IF_NONE_MATCH=f'W/{headers["ETag"]}, "x"')[0] == "304 Not Modified"
    assert site(HTTP_IF_NONE_MATCH='"other"')[0] == "200 OK"
    assert site.behind.asked == 0


@pytest.mark.parametrize(
    "doubt",
    [
        {"method": "POST"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": ""},
        {"HTTP_HOST": "testserver:80:80"},
        {"CONTENT_LENGTH": "3"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"path": "/page"},
        {"path": "/p\xc3\xa4ge/"},
        {"path": "/list/", "query": "page=2"},
        {"path": "/list/", "query": "p%61ge=2"},
    ],
)
def test_any_doubt_goes_to_django(site, doubt):
    site("/list/")
    site("/list/")
    site.behind.asked = 0
    site(**doubt)
    assert site.behind.asked == 1


def test_parameters_that_mean_nothing_make_no_work(site):
    site("/list/")
    site("/list/")
    site.behind.asked = 0
    for path in ("/page/", "/list/"):
        assert site(path, query="utm_source=letter&fbclid=1")[0] == "200 OK"
    assert site.behind.asked == 0


def test_a_change_reaches_the_next_reader(site, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        store.forget("site")
    site()
    assert site.behind.asked == 1


def test_a_public_site_answers_https_alone(site, settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    wrapper = StoredFirst(lambda environ, start: ["django"])
    base = {"REQUEST_METHOD": "GET", "PATH_INFO": "/page/", "QUERY_STRING": "", "HTTP_HOST": "testserver"}

    def answered(**more):
        return wrapper({**base, "wsgi.url_scheme": "http", **more}, lambda status, headers: None)

    assert answered() == ["django"]
    assert answered(HTTP_X_FORWARDED_PROTO="http") == ["django"]
    assert answered(HTTP_X_FORWARDED_PROTO="https") != ["django"]
    settings.SECURE_PROXY_SSL_HEADER = None
    wrapper = StoredFirst(lambda environ, start: ["django"])
    assert answered(HTTP_X_FORWARDED_PROTO="https") == ["django"], "nobody vouches for that header"
    assert answered(**{"wsgi.url_scheme": "https"}) != ["django"]


def test_without_a_page_store_everything_goes_to_django(site, settings):
    settings.PAGE_STORE = False
    assert StoredFirst(lambda environ, start: ["django"])({}, None) == ["django"]


def test_readers_are_counted_whoever_answers_and_files_are_not(site, monkeypatch):
    tally = Tally()
    tally.is_on = True
    monkeypatch.setattr(front, "tally", tally)
    reader = {"HTTP_USER_AGENT": "Mozilla/5.0 Firefox/140.0"}
    site(**reader)
    site.memory.seen.until = 0
    site(**reader)
    site(method="HEAD", **reader)
    assert (site.behind.asked, tally.counted) == (1, {("page", "/page/"): 2})
