"""LEAD-64: mail that does not leave is told within minutes, by a channel that is not mail."""

from __future__ import annotations

import datetime
import logging

import pytest
from django.core.cache import cache
from django.utils import timezone

from stemsite.mail import outbox, watching
from stemsite.mail.models import Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def nothing_told():
    cache.delete(watching.TOLD)
    yield
    cache.delete(watching.TOLD)


def letter(**fields):
    outbox.queue_message("note", to="a@example.org", reference="1", subject="Hello", text="Words")
    Delivery.objects.update(**fields)


def ago(minutes: int) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("due", "tried", "fields", "late"),
    [
        (11, None, {}, True),
        (9, None, {}, False),
        (-60, None, {}, False),
        (-60, 11, {"attempts": 7}, True),
        (11, None, {"state": "sent"}, False),
        (11, None, {"state": "parked"}, False),
        (-60, 99, {"attempts": 7, "verdict": "temporary"}, False),
        (11, None, {"mailer": "newsletter", "priority": -10}, False),
    ],
)
def test_lead_64_late_is_ten_minutes_after_it_was_wanted(due, tried, fields, late):
    """Minutes ago. A back-off of an hour does not hide an outage; a server that asks for patience is none."""
    letter(due_at=ago(due), first_tried_at=ago(tried) if tried else None, **fields)
    assert watching.is_late() is late


def test_lead_64_an_outage_is_told_once_an_hour_and_its_end_once(caplog):
    letter(due_at=ago(12))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            watching.watch()
        Delivery.objects.update(state="sent")
        for _ in range(3):
            watching.watch()
    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert said == [
        ("ERROR", "mail alert: letters wait too long"),
        ("WARNING", "mail: letters flow again"),
    ]
    assert caplog.records[0].facts == {"minutes": 12}


def test_nothing_waits_nothing_is_told(caplog):
    watching.watch()
    assert not caplog.records
