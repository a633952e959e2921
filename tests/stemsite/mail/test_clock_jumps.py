"""The machine's clock is set two hours forward or back while letters go: none is lost, none goes twice (LEAD-129)."""

from __future__ import annotations

import datetime
from unittest import mock

import pytest
from django.utils import timezone

from stemsite.mail import outbox, sending
from stemsite.mail.kinds import Letter
from stemsite.mail.lines import Lines
from stemsite.mail.models import Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TWO_HOURS = datetime.timedelta(hours=2)


def clock(by: datetime.timedelta):
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + by)


@pytest.fixture
def office(kind, post_office):
    """Two letters wait; the mail server keeps what it takes."""
    kind("note", lambda delivery: Letter(to=("", f"{delivery.reference}@example.org"), subject="A note", text="Words."))
    for reference in ("1", "2"):
        outbox.queue_for("note", reference, recipient=f"{reference}@example.org")
    return post_office


def hand_over(delivery) -> None:
    with Lines() as lines:
        lines.open(delivery.mailer)
        sending.send(delivery, lines)


def drain() -> None:
    while sending.send_due():
        pass


def states() -> list[tuple[str, int]]:
    return list(Delivery.objects.order_by("reference").values_list("state", "attempts"))


@pytest.mark.parametrize("by", [TWO_HOURS, -TWO_HOURS])
def test_lead_129_a_jump_while_a_letter_is_in_hand_sends_it_once(office, by):
    in_hand = Delivery.objects.claim_next()
    with clock(by):
        hand_over(in_hand)
    drain()
    assert states() == [("sent", 1), ("sent", 1)]
    assert len(office.letters) == 2


def test_lead_129_after_a_jump_forward_another_worker_takes_it_and_the_first_sends_nothing(office):
    in_hand = Delivery.objects.claim_next()
    with clock(TWO_HOURS):
        drain()
        hand_over(in_hand)
    assert states() == [("sent", 2), ("sent", 1)]
    assert len(office.letters) == 2


def test_lead_129_after_a_jump_back_the_letter_of_a_killed_worker_waits_out_its_lease(office):
    Delivery.objects.claim_next()
    with clock(-TWO_HOURS):
        drain()
        assert len(office.letters) == 0, "one is in hand, and the other is due by the clock of before"
        outbox.queue_for("note", "3", recipient="3@example.org", due_at=timezone.now())
        drain()
        assert len(office.letters) == 1, "what is asked for now goes now"
    with clock(datetime.timedelta(minutes=5)):
        drain()
    assert states() == [("sent", 2), ("sent", 1), ("sent", 1)]
    assert len(office.letters) == 3


def test_lead_129_a_letter_that_was_refused_is_tried_again_after_either_jump(office):
    office.orders.answers["RCPT"] = "451 4.3.0 later"
    drain()
    office.orders.answers.clear()
    assert states() == [("queued", 1), ("queued", 1)]
    with clock(-TWO_HOURS):
        drain()
    assert len(office.letters) == 0
    with clock(TWO_HOURS):
        drain()
    assert states() == [("sent", 2), ("sent", 2)]
    assert len(office.letters) == 2


def test_lead_62_a_jump_of_two_hours_is_no_reason_to_give_up(office):
    office.orders.answers["RCPT"] = "451 4.3.0 later"
    drain()
    with clock(TWO_HOURS):
        drain()
    assert {state for state, _ in states()} == {"queued"}
