"""D7: two workers and one outbox; one sleeps past its lease and wakes: no letter twice, none lost, none overwritten."""

from __future__ import annotations

import datetime
import os
import threading
import time

import pytest
from django.db import connection
from django.utils import timezone

from stemsite.mail import kinds, outbox, sending
from stemsite.mail.kinds import Letter
from stemsite.mail.lines import Lines
from stemsite.mail.mailers import mailer
from stemsite.mail.models import Delivery
from tests.fakes.mail_server import mail_server

pytestmark = [pytest.mark.race, pytest.mark.database, pytest.mark.slow]

LETTERS = 1000 if os.environ.get("DURABILITY") == "full" else 300


@pytest.fixture
def office(real, settings, tmp_path):
    """A mail server, and a kind of letter that says its own reference."""
    before = dict(kinds._kinds)
    kinds.register_builder("issue", lambda delivery: letter_of(delivery.reference))
    with mail_server() as server:
        settings.DATA_DIR = tmp_path
        settings.MAILERS = dict.fromkeys(("default", "transactional", "newsletter"), mailer(server.url, tmp_path))
        yield server
    kinds._kinds.clear()
    kinds._kinds.update(before)


def letter_of(reference: str) -> Letter:
    return Letter(to=("", f"{reference}@example.org"), subject=reference, text="Words.")


def drain() -> None:
    sender = sending.Sender()
    while Delivery.objects.filter(state__in=("queued", "leased")).exists():
        if not sender():
            time.sleep(0.05)


def test_d7_two_workers_send_each_letter_once(office, at_once):
    outbox.queue_many("issue", [(str(number), f"{number}@example.org") for number in range(LETTERS)], batch="1")
    at_once(drain, drain)
    assert Delivery.objects.filter(state="sent").count() == LETTERS
    subjects = [letter["Subject"] for letter in office.letters]
    assert sorted(subjects) == sorted(set(subjects))
    assert len(subjects) == LETTERS


def test_d7_a_worker_that_wakes_after_its_lease_changes_nothing_it_lost(office, at_once, monkeypatch):
    """It is stopped between building and handing over; a second worker takes the letter; the first sends nothing."""
    asleep, awake = threading.Event(), threading.Event()

    def builder(delivery):
        if not asleep.is_set():
            asleep.set()
            awake.wait(30)
        return letter_of(delivery.reference)

    kinds.register_builder("issue", builder)
    outbox.queue_many("issue", [("1", "1@example.org")], batch="1")
    monkeypatch.setattr(sending, "LEASE", datetime.timedelta(seconds=0.5))

    def second():
        asleep.wait(30)
        time.sleep(0.7)
        drain()
        awake.set()

    at_once(sending.send_due, second)
    found = Delivery.objects.get()
    assert (found.state, found.attempts, len(office.letters)) == ("sent", 2, 1)


def test_d7_a_worker_that_wakes_after_the_250_does_not_overwrite_what_another_wrote(office):
    """The one copy too many is the price of a stopped worker; its outcome is fenced off."""
    outbox.queue_many("issue", [("1", "1@example.org")], batch="1")
    first = Delivery.objects.claim_next(lease=datetime.timedelta(microseconds=1))
    time.sleep(0.05)
    second = Delivery.objects.claim_next()
    with Lines() as lines:
        lines.open("newsletter")
        sending.send(second, lines)
    sending.keep_sent(first)
    assert first.fail("late") is False
    found = Delivery.objects.get()
    assert (found.state, found.last_error, found.attempts) == ("sent", "", 2)


def test_letters_queued_while_two_workers_drain_all_arrive(office, at_once):
    over = threading.Event()

    def queue():
        for number in range(100):
            outbox.queue_for("issue", f"late-{number}", due_at=timezone.now())
        over.set()
        connection.close()

    def work():
        while not over.is_set():
            sending.send_due()
        drain()

    at_once(queue, work, work)
    assert len({letter["Subject"] for letter in office.letters}) == len(office.letters) == 100
