"""One rule for whose day it is: a page, a job of the worker and a command agree, wherever the server stands."""

from __future__ import annotations

import contextvars
import datetime
import importlib
import io
import threading
import zoneinfo
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command, get_commands, load_command_class
from django.db import connection
from django.utils import timezone

from leads.models import Contact
from stemsite.access import Role
from stemsite.clinic.models import Clinic
from stemsite.days import SiteCommand, days_of_the_clinic
from stemsite.tasks import periodic, worker
from stemsite.tasks.backend import LANES
from tests.factories import make_clinic, make_contact
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

EAST, WEST = zoneinfo.ZoneInfo("Pacific/Kiritimati"), zoneinfo.ZoneInfo("Pacific/Pago_Pago")
"""25 hours apart: at no moment is it the same day in both."""

NOON, THERE = datetime.datetime(2026, 3, 4, 12, tzinfo=datetime.UTC), datetime.date(2026, 3, 5)
"""Noon at Greenwich, when it is the next day in the far east."""

COUNT_NO_DAYS = {"worker", "serve", "prepare", "check_text", "check_mail_dns", "audit_page", "nginx"}
"""The worker asks anew at every turn; the next two begin others; the rest read no clinic."""


@pytest.fixture
def far_east():
    """The clinic in the far east, and whoever asks in the far west."""
    make_clinic(time_zone=EAST.key)
    with timezone.override(WEST):
        yield


@pytest.mark.parametrize("lane", LANES)
def test_whatever_the_worker_does_is_done_on_the_clinics_day(far_east, monkeypatch, lane):
    """What comes round, what is pumped, and a change of the zone while the worker runs."""
    at_work, seen = worker.Worker(pause=0), []

    def look():
        seen.append((timezone.get_current_timezone_name(), zone.key))
        return 1

    def then_moved():
        look()
        Clinic.objects.update(time_zone=WEST.key)
        nonlocal zone
        if zone is WEST:
            at_work.stop()
        zone = WEST
        return 1

    zone = EAST
    monkeypatch.setattr(worker, "_pumps", {name: [then_moved] if name == lane else [] for name in LANES})
    monkeypatch.setattr(periodic, "_jobs", {})
    periodic.periodic("a day", every=datetime.timedelta(days=1), lane=lane, run=look)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(connection, "close", lambda: None)
    with timezone.override(WEST):
        contextvars.copy_context().run(at_work._lane, lane)  # A lane is told to stop by a variable of its thread.
    assert len(seen) == 3 and all(was == wanted for was, wanted in seen), seen


def test_a_thread_of_the_worker_begins_without_a_zone_of_its_own():
    """Why each turn has to ask: what the process was told of zones does not reach its threads."""
    found = []
    with timezone.override(EAST):
        thread = threading.Thread(target=lambda: found.append(timezone.get_current_timezone_name()))
        thread.start()
        thread.join()
    assert found == [settings.TIME_ZONE]


def test_a_command_counts_the_days_of_the_clinic(far_east, monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr("leads.retention.run", lambda **_: seen.append(timezone.get_current_timezone_name()) or [])
    call_command("run_retention", stdout=io.StringIO())
    assert seen == [EAST.key]
    assert timezone.get_current_timezone_name() == WEST.key, "and leaves no trace"


def test_every_command_of_ours_does(db):
    ours = {name: app for name, app in get_commands().items() if app.split(".")[0] in {"stemsite", "leads", "studies"}}
    own = {
        name
        for name, app in ours.items()
        if Path(importlib.import_module(app).__file__).is_relative_to(settings.BASE_DIR)
    }
    assert len(own) > 15 and own >= COUNT_NO_DAYS
    without = {name for name in own if not isinstance(load_command_class(ours[name], name), SiteCommand)}
    assert without == COUNT_NO_DAYS


def test_a_page_does_too(far_east, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    field = signed_in(Role.OWNER).get("/admin/leads/incident/add/").context["adminform"].form["discovered_on"]
    assert field.value() == THERE


def test_without_a_clinic_or_with_a_zone_that_is_none_there_still_is_a_day():
    with days_of_the_clinic():
        assert timezone.get_current_timezone_name() == Clinic().time_zone
    Clinic.objects.create(pk=1, time_zone="Mars/Phobos")
    with days_of_the_clinic():
        assert timezone.get_current_timezone_name() == "UTC"


def test_a_soft_bounce_counts_once_a_day_of_the_clinic(far_east, monkeypatch):
    from stemsite.mail.models import SoftBounces
    from stemsite.mail.suppressing import score

    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    make_contact(email="ann@example.org")
    with days_of_the_clinic():
        score(Contact.objects.get().email)
    assert SoftBounces.objects.get().last_on == THERE
