from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session

from stemsite.access import Role
from stemsite.accounts.apps import clear_sessions
from tests.factories import make_user

pytestmark = pytest.mark.django_db

MINUTE, HOUR = 60, 3600


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    import time

    class Clock:
        def __init__(self) -> None:
            self.now = time.time()

        def move(self, seconds: float) -> None:
            self.now += seconds

    moved = Clock()
    monkeypatch.setattr("time.time", lambda: moved.now)
    return moved


@pytest.fixture
def inside(client, clock):
    client.force_login(make_user(Role.AUTHOR))
    assert client.get("/admin/").status_code == 200
    return client


def test_a_session_ends_after_an_hour_without_activity(inside, clock):
    """SEC-12."""
    clock.move(59 * MINUTE)
    assert inside.get("/admin/").status_code == 200
    clock.move(61 * MINUTE)
    assert inside.get("/admin/").status_code == 302
    assert "session was over" in inside.get("/accounts/login/").content.decode()


def test_a_session_ends_after_twelve_hours_however_busy(inside, clock):
    """SEC-12."""
    for _ in range(23):
        clock.move(30 * MINUTE)
        assert inside.get("/admin/").status_code == 200
    clock.move(31 * MINUTE)
    assert inside.get("/admin/").status_code == 302


def test_the_session_itself_is_gone_and_not_only_refused(inside, clock):
    key = inside.session.session_key
    clock.move(61 * MINUTE)
    inside.get("/admin/")
    assert not Session.objects.filter(session_key=key).exists()


def test_a_clock_set_back_ends_nothing(inside, clock):
    """SEC-20."""
    clock.move(-3 * HOUR)
    assert inside.get("/admin/").status_code == 200


def test_a_session_is_written_at_most_once_a_minute(inside, clock, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as queries:
        inside.get("/admin/")
        inside.get("/admin/")
    assert not [
        query for query in queries if query["sql"].startswith(("UPDATE", "INSERT")) and "session" in query["sql"]
    ]


def test_a_public_page_reads_no_session(inside, clinic):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        answer = inside.get("/contact/")
    assert answer.status_code == 200 and not answer.cookies
    assert not [query for query in queries if "session" in query["sql"]]


def test_sessions_that_are_over_are_cleared(inside, clock):
    import datetime

    from django.utils import timezone

    Session.objects.update(expire_date=timezone.now() - datetime.timedelta(minutes=1))
    clear_sessions()
    assert not Session.objects.exists()
