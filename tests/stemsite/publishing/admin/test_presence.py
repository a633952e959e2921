"""Who else has a page open: told by name, forgotten a moment after they leave, and no record of anybody (PUB-73)."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings
from django.test import Client

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.publishing import presence
from stemsite.publishing.models import Version
from tests.factories import make_article, make_user, save_draft
from tests.staff_forms import change_url, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def clock(monkeypatch):
    """Turned by hand."""

    class Clock:
        now = 1_800_000_000.0

    monkeypatch.setattr(presence.time, "time", lambda: Clock.now)
    return Clock


class Window:
    """A window of somebody in which a page is open."""

    def __init__(self, page, user):
        self.user = user
        self.client, self.key, self.url = signed_in(user), str(uuid.uuid4()), f"/admin/pages/{page.pk}/here/"

    def beat(self, **more):
        answer = self.client.post(self.url, {"window": self.key, **more})
        assert answer.status_code == 200
        return answer.json()["words"]


@pytest.fixture
def page(clinic, author):
    found = make_article(by=author)
    save_draft(found)
    return found


@pytest.fixture
def ada(page):
    return Window(page, make_user(Role.PUBLISHER, first_name="Ada", last_name="Editor"))


@pytest.fixture
def bea(page):
    return Window(page, make_user(Role.PUBLISHER, first_name="Bea", last_name="Colleague"))


def test_pub_73_each_is_told_of_the_other_by_name_and_whether_their_text_is_saved(ada, bea, clock):
    assert ada.beat() == ""
    assert bea.beat(unsaved=1).startswith("Ada Editor has this page open too.")
    clock.now += 15
    assert ada.beat().startswith("Bea Colleague (with text not saved yet) has this page open too.")


def test_pub_73_who_leaves_is_dropped_at_once_and_who_vanishes_within_a_minute(ada, bea, clock):
    ada.beat()
    assert "Ada" in bea.beat()
    ada.beat(gone=1)
    assert bea.beat() == ""
    ada.beat()
    for _ in range(3):
        clock.now += 15
        said = bea.beat()
    assert said == "", "45 seconds after the last word of a browser that was killed"


def test_pub_73_a_tab_in_the_background_with_unsaved_text_outlives_its_slow_clock(ada, bea, clock):
    ada.beat(unsaved=1, behind=1)
    for _ in range(4):
        clock.now += 15
        assert "Ada Editor (with text not saved yet)" in bea.beat()
    ada.beat(unsaved=1, behind=1)
    clock.now += 61
    assert "Ada Editor" in bea.beat()
    ada.beat(gone=1)
    assert bea.beat() == ""


def test_pub_73_of_three_each_is_named_once_and_nobody_is_told_of_themselves(page, ada, bea, clock):
    second = Window(page, ada.user)
    ada.beat()
    second.beat(unsaved=1)
    bea.beat()
    third = Window(page, make_user(Role.OWNER, first_name="Dee", last_name="Owner"))
    said = third.beat()
    assert "Ada" not in second.beat()
    assert said.count("Ada") == 1 and said.count("Bea") == 1 and "Dee" not in said
    assert " and " in said and " have this page open too" in said


def test_pub_73_another_page_is_another_room(ada, clock):
    other = make_article()
    save_draft(other)
    ada.beat()
    assert Window(other, make_user(Role.PUBLISHER)).beat() == ""


def test_pub_73_nothing_is_recorded_and_no_version_is_made(page, ada):
    before = Version.objects.count(), AuditEvent.objects.count()
    ada.beat(unsaved=1)
    assert (Version.objects.count(), AuditEvent.objects.count()) == before


@pytest.mark.parametrize("window", ["", "x", "0" * 4000, "\x00"])
def test_pub_73_a_window_without_a_key_is_refused(ada, window):
    assert ada.client.post(ada.url, {"window": window}).status_code == 400


def test_pub_73_windows_are_bounded(page, ada, clock, monkeypatch):
    monkeypatch.setattr(presence, "MOST", 3)
    for _ in range(6):
        ada.key = str(uuid.uuid4())
        ada.beat()
        clock.now += 1
    assert len(presence._open(page.pk)) == 3


def test_pub_73_it_wants_a_token_and_keeps_no_session_alive(page, monkeypatch):
    user = make_user(Role.PUBLISHER)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    url = f"/admin/pages/{page.pk}/here/"
    assert client.post(url, {"window": str(uuid.uuid4())}).status_code == 403
    client = signed_in(user)
    client.get(change_url(page))
    seen = client.session["seen_at"]
    later = seen + settings.SESSION_IDLE - 60
    monkeypatch.setattr("stemsite.accounts.middleware.time.time", lambda: later)
    headers = {"x-stemsite-unattended": "1"}
    for address in (url, "/accounts/standing/"):
        send = client.post if address == url else client.get
        answer = send(address, {"window": str(uuid.uuid4())}, headers=headers)
        assert (answer.status_code, client.session["seen_at"]) == (200, seen), address
    client.get("/accounts/standing/")
    assert client.session["seen_at"] == later, "whoever is there stays signed in"


def test_pub_73_the_form_of_a_page_asks_and_that_of_a_new_one_does_not(page, ada):
    form = ada.client.get(change_url(page)).content.decode()
    assert f'data-url="/admin/pages/{page.pk}/here/"' in form
    assert 'id="others"' not in ada.client.get("/admin/articles/article/add/").content.decode()
