"""When the database fails, nothing looks like success and nothing typed is lost (LEAD-01, SEC-03)."""

from __future__ import annotations

import contextlib

import pytest
from django.db import OperationalError, connection

from leads import capture
from leads.models import Contact, PacketRequest

pytestmark = pytest.mark.django_db


@contextlib.contextmanager
def database_away():
    def refuse(*args):
        raise OperationalError("database is locked")

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.parametrize("path", ["/newsletter/", "/information-packet/", "/consultation/"])
def test_sec_03_without_a_database_the_form_says_so_and_keeps_what_was_typed(ask, client, path, settings, tmp_path):
    from stemsite.clinic.remembered import Reach, remember

    settings.DATA_DIR = tmp_path
    remember(Reach(name="Example Clinic", phone="+1 614 555 0100"))
    data = {"email": "ann@example.org", "name": "Ann", "consent_newsletter": "on", "consent_version": "1-2-3"}
    with database_away():
        answer = client.post(path, data, headers={"sec-fetch-site": "same-origin"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Cache-Control"] == "no-store"
    assert 'value="ann@example.org"' in page
    assert "+1 614 555 0100" in page
    assert "This was not sent" in page
    assert 'value="1-2-3"' in page
    assert not Contact.objects.exists()


def test_lead_01_what_fails_half_way_leaves_nothing_behind(ask, monkeypatch):
    def fail(*args):
        raise OperationalError("disk is full")

    monkeypatch.setattr(capture, "_count", fail)
    assert ask("/information-packet/", {"email": "ann@example.org"}).status_code == 503
    assert not Contact.objects.exists()
    assert not PacketRequest.objects.exists()
