"""What is sent is read whole before anybody works on it (SEC-10)."""

from __future__ import annotations

import io
import threading

import pytest

from stemsite import bodies
from stemsite.bodies import BodiesFirst


class Worked:
    """An application that keeps what it was given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        self.bodies.append(environ["wsgi.input"].read(length) if length else b"")
        start_response("200 OK", [])
        return [b"done"]


class Stuck:
    """A body that never ends."""

    def __init__(self) -> None:
        self.asked, self.end = threading.Event(), threading.Event()

    def read(self, size: int) -> bytes:
        self.asked.set()
        self.end.wait(10)
        return b""


@pytest.fixture
def worked():
    return Worked()


@pytest.fixture
def ask(worked):
    first = BodiesFirst(worked, working=1, reading=1)

    def ask(body=b"", **environ):
        source = io.BytesIO(body) if isinstance(body, bytes) else body
        answer: list = []
        start = lambda status, headers: answer.append((status, dict(headers)))  # noqa: E731
        first({"wsgi.input": source, "REQUEST_METHOD": "POST", **environ}, start)
        [(status, headers)] = answer
        return int(status.split()[0]), headers

    return ask


def test_a_body_arrives_whole_whatever_its_size(ask, worked):
    for size in (1, 300_000):
        assert ask(b"x" * size, CONTENT_LENGTH=str(size))[0] == 200
    assert [len(body) for body in worked.bodies] == [1, 300_000]


def test_a_body_in_pieces_is_given_a_length(ask, worked):
    assert ask(b"login=a", HTTP_TRANSFER_ENCODING="chunked")[0] == 200
    assert worked.bodies == [b"login=a"]


def test_a_request_without_body_is_not_made_to_wait_for_one(ask, worked):
    assert ask(Stuck())[0] == ask(Stuck(), CONTENT_LENGTH="0")[0] == 200


def test_half_a_form_is_never_taken_for_a_whole_one(ask, worked):
    status, headers = ask(b"login=a&pass", CONTENT_LENGTH="20")
    assert (status, worked.bodies) == (400, [])
    assert headers["Cache-Control"] == "no-store" and headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("told", ["-1", "ten", "١"])
def test_a_length_that_is_none_is_refused(ask, worked, told):
    assert (ask(b"x", CONTENT_LENGTH=told)[0], worked.bodies) == (400, [])


@pytest.mark.parametrize(("path", "limit"), [("/newsletter/", "LARGEST_OF_READERS"), ("/admin/images/", "LARGEST")])
def test_too_much_is_refused_unread_where_it_was_told_and_at_the_limit_where_not(ask, worked, monkeypatch, path, limit):
    """Pictures are large, and only staff send them."""
    assert ask(Stuck(), CONTENT_LENGTH=str(getattr(bodies, limit) + 1), PATH_INFO=path)[0] == 413
    monkeypatch.setattr(bodies, limit, 100)
    assert ask(b"x" * 101, HTTP_TRANSFER_ENCODING="chunked", PATH_INFO=path)[0] == 413
    assert ask(b"x" * 100, HTTP_TRANSFER_ENCODING="chunked", PATH_INFO=path)[0] == 200
    assert [len(body) for body in worked.bodies] == [100]


def test_who_sends_slowly_holds_no_place_at_work(ask, worked):
    """One place at work, one place to read at: a reader is served, another form is asked to come again."""
    stuck = Stuck()
    slow = threading.Thread(target=ask, args=(stuck,), kwargs={"CONTENT_LENGTH": "9"})
    slow.start()
    assert stuck.asked.wait(5)
    assert ask()[0] == 200
    status, headers = ask(b"x", CONTENT_LENGTH="1")
    assert (status, headers["Retry-After"]) == (503, str(bodies.RETRY_AFTER))
    stuck.end.set()
    slow.join(5)
    assert ask(b"x", CONTENT_LENGTH="1")[0] == 200
