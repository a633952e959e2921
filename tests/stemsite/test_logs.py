from __future__ import annotations

import json
import logging

import pytest

from stemsite.logs import JsonFormatter, logging_config
from tests.factories import make_user

pytestmark = pytest.mark.django_db

CANARIES = ("canary.name@example.org", "canary-word", "canarytoken")


@pytest.fixture
def lines():
    """What the log would hold, as parsed lines; everything that is logged is in it."""
    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(self.format(record))

    handler = Keep(level=logging.DEBUG)
    handler.setFormatter(JsonFormatter())
    root, requests = logging.getLogger(), logging.getLogger("stemsite.requests")
    before = requests.level
    requests.setLevel(logging.INFO)
    root.addHandler(handler)
    yield kept
    root.removeHandler(handler)
    requests.setLevel(before)


def test_each_answer_has_one_line_with_an_id_a_time_and_a_duration(client, clinic, lines):
    """SEC-16."""
    answer = client.get("/contact/")
    line = next(json.loads(text) for text in lines if "stemsite.requests" in text)
    assert line["request"] == answer["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "contact/", 200)
    assert line["ms"] >= 0 and line["at"].endswith("+00:00")


def test_no_person_and_no_token_is_in_any_line(client, clinic, lines, monkeypatch):
    """SEC-13, SEC-16: the canary test, over what commonly leaks."""
    make_user(email=CANARIES[0])
    client.raise_request_exception = False
    client.get("/search/", {"q": CANARIES[1]})
    client.get(f"/no-such-page-{CANARIES[1]}/?email={CANARIES[0]}")
    client.get(f"/accounts/invitation/{CANARIES[2]}/")
    client.post("/accounts/login/", {"login": CANARIES[0], "password": CANARIES[1]})
    client.post("/accounts/password/reset/", {"email": CANARIES[0]})
    client.get("/", headers={"host": f"{CANARIES[1]}.example"})

    def burst(*args, **kwargs):
        try:
            raise ValueError(CANARIES[0])
        except ValueError as error:
            raise RuntimeError(f"duplicate key: {CANARIES[0]}") from error

    monkeypatch.setattr("articles.views.frame", burst)
    assert client.get("/contact/").status_code == 500
    assert len(lines) > 8
    assert not [text for text in lines if any(canary in text for canary in CANARIES)]


def test_a_failure_says_what_kind_it_was_and_where(client, clinic, lines, monkeypatch):
    def burst(*args, **kwargs):
        raise RuntimeError("canary-word")

    monkeypatch.setattr("articles.views.frame", burst)
    client.raise_request_exception = False
    client.get("/contact/")
    found = next(json.loads(text) for text in lines if "exception" in text)
    assert found["exception"]["type"] == "builtins.RuntimeError"
    assert any("test_logs.py" in frame and "burst" in frame for frame in found["exception"]["frames"])
    assert found["level"] == "error" and found["request"]


@pytest.mark.parametrize(
    ("proxies", "given", "kept"),
    [
        (0, "from-outside-1", False),
        (1, "from-the-proxy-1", True),
        (1, "short", False),
        (1, "line\nbreak-and-more", False),
    ],
)
def test_an_id_of_a_trusted_proxy_is_carried_on(client, clinic, settings, proxies, given, kept):
    settings.TRUSTED_PROXIES = proxies
    assert (client.get("/contact/", headers={"x-request-id": given})["X-Request-ID"] == given) is kept


def test_nothing_of_django_prints_past_our_format():
    found = logging_config(level="INFO", requests_level="INFO")
    assert found["loggers"]["django"]["handlers"] == [] == found["loggers"]["django.server"]["handlers"]
    assert list(found["handlers"]) == ["stderr"]
