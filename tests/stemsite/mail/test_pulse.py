"""LEAD-69: a database that came out of a backup is recognised, and sends nothing before somebody looked."""

from __future__ import annotations

import logging

import pytest

from stemsite.audit.models import AuditEvent
from stemsite.mail import outbox, pulse, sending
from stemsite.mail.models import Delivery, Pulse
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def letter(reference="1"):
    return outbox.queue_message("note", to="a@example.org", reference=reference, subject="Hello", text="Words")


def restore(number: int) -> None:
    """What a restore does, as far as the pulse can tell."""
    Pulse.objects.update(number=number)


def test_lead_69_what_waits_in_a_restored_database_is_parked(post_office, caplog):
    letter("1")
    sending.send_due()
    kept = Pulse.objects.get().number
    letter("2")
    sending.send_due()
    restore(kept)
    letter("3")
    sending.send_due()
    assert dict(Delivery.objects.values_list("reference", "state")) == {"1": "sent", "2": "sent", "3": "parked"}
    assert len(post_office.letters) == 2
    assert AuditEvent.objects.get(verb="letters parked").detail == {"letters": 1}
    assert [record.levelno for record in caplog.records if "parked" in record.getMessage()] == [logging.ERROR]


def test_lead_69_after_that_new_letters_go_and_parked_ones_wait_for_an_operator(post_office):
    letter("1")
    sending.send_due()
    restore(0)
    letter("2")
    sending.send_due()
    letter("3")
    sending.send_due()
    states = dict(Delivery.objects.values_list("reference", "state"))
    assert (states["2"], states["3"]) == ("parked", "sent")
    parked = Delivery.objects.get(reference="2")
    assert pulse.release(parked, by=make_user()) is True
    assert pulse.release(parked, by=make_user()) is False
    sending.send_due()
    assert Delivery.objects.get(reference="2").state == "sent"
    assert AuditEvent.objects.filter(verb="let a parked letter go").count() == 1


def test_lead_69_an_outage_a_restart_or_another_database_parks_nothing(post_office, folder):
    letter("1")
    post_office.orders.answers = {"GREETING": "421 no"}
    sending.send_due()
    sending.send_due()
    assert Delivery.objects.get().state == "queued"
    Pulse.objects.all().delete()
    assert pulse.beat() is True
    for damaged in ("", "{", "[]", '{"number": "x"}', '{"database": 3}'):
        (folder / "mail-pulse.json").write_text(damaged)
        assert pulse.beat() is True


def test_a_folder_that_cannot_be_written_stops_no_letter(post_office, settings, folder):
    settings.DATA_DIR = folder / "no" / "such"
    letter("1")
    sending.send_due()
    assert Delivery.objects.get().state == "sent"
