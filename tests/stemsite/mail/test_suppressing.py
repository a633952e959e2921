"""LEAD-70, LEAD-72: who must not be written to; nothing here says which address that is."""

from __future__ import annotations

import datetime
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from stemsite.audit.models import AuditEvent
from stemsite.crypto import index_value
from stemsite.keys import new_field_key, parse_field_keys
from stemsite.mail import outbox, sending, suppressing
from stemsite.mail.kinds import Letter
from stemsite.mail.models import Delivery, SoftBounces, Suppression
from stemsite.resealing import reseal_all

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ADDRESS = "ann@example.org"
Reason = Suppression.Reason


def on_day(number: int):
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + datetime.timedelta(days=number))


def test_lead_70_the_address_is_nowhere():
    assert suppressing.suppress(ADDRESS, Reason.NO_MAILBOX, source="smtp 5.1.1") is not None
    suppressing.score(ADDRESS)
    with connection.cursor() as cursor:
        for table in ("mail_suppression", "mail_softbounces", "audit_auditevent"):
            cursor.execute(f"SELECT * FROM {table}")
            assert ADDRESS not in str(cursor.fetchall())
    kept = Suppression.objects.get()
    assert (kept.index, kept.source) == (index_value("email", ADDRESS), "smtp 5.1.1")
    assert len(kept.digest) == 64


def test_lead_70_one_address_in_any_writing():
    suppressing.suppress("Ann@Example.ORG ", Reason.COMPLAINT)
    assert suppressing.is_suppressed(ADDRESS)
    assert not suppressing.is_suppressed("ann+news@example.org")
    assert suppressing.suppressed_among([ADDRESS, "b@example.org"]) == {ADDRESS}


def test_suppressing_twice_is_once():
    assert suppressing.suppress(ADDRESS, Reason.COMPLAINT) is not None
    assert suppressing.suppress(ADDRESS, Reason.BOUNCES) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Suppression.objects.create(digest=Suppression.objects.get().digest, reason=Reason.STAFF)


def test_lead_70_staff_say_why(owner):
    with pytest.raises(ValidationError, match="Say why"):
        suppressing.suppress(ADDRESS, Reason.STAFF, by=owner, note=" ")
    suppressing.suppress(ADDRESS, Reason.STAFF, by=owner, note="The family asked by phone.")
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_id, event.detail) == ("suppressed an address", owner.pk, {"reason": "staff"})


def test_lead_70_lifting_needs_the_persons_own_word(owner):
    suppressing.suppress(ADDRESS, Reason.BOUNCES)
    kept = Suppression.objects.get()
    with pytest.raises(ValidationError, match="when and how"):
        suppressing.lift(kept, by=owner, note="")
    assert suppressing.lift(kept, by=owner, note="Confirmed by a new sign-up today.") is True
    assert suppressing.lift(kept, by=owner, note="again") is False
    assert not suppressing.is_suppressed(ADDRESS)
    assert suppressing.suppress(ADDRESS, Reason.COMPLAINT) is not None
    assert Suppression.objects.count() == 2


def test_lead_70_the_index_survives_a_change_of_keys(settings):
    suppressing.suppress(ADDRESS, Reason.ASKED)
    suppressing.score("b@example.org")
    settings.FIELD_KEYS = (*parse_field_keys(new_field_key("new")), *settings.FIELD_KEYS)
    assert suppressing.is_suppressed(ADDRESS), "before rotation"
    list(reseal_all())
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert suppressing.is_suppressed(ADDRESS), "after it, with the old key gone"
    suppressing.score("b@example.org")
    assert SoftBounces.objects.count() == 1


def test_lead_72_half_a_point_a_day_and_three_points_suppress():
    for day in range(6):
        assert not suppressing.is_suppressed(ADDRESS)
        with on_day(day):
            suppressing.score(ADDRESS)
            suppressing.score(ADDRESS)
    assert Suppression.objects.get().reason == Reason.BOUNCES


def test_lead_72_thirty_quiet_days_forget():
    for day in range(5):
        with on_day(day):
            suppressing.score(ADDRESS)
    with on_day(36):
        suppressing.score(ADDRESS)
    assert SoftBounces.objects.get().halves == 1
    assert not Suppression.objects.exists()


def test_lead_72_a_lifted_address_begins_anew(owner):
    for day in range(6):
        with on_day(day):
            suppressing.score(ADDRESS)
    suppressing.lift(Suppression.objects.get(), by=owner, note="Confirmed afresh.")
    suppressing.score(ADDRESS)
    assert not suppressing.is_suppressed(ADDRESS)


def test_letters_to_an_address_that_came_back_too_often_stop(kind, post_office):
    """D6 and LEAD-72 together: one refusal a day, and the seventh letter is not tried."""
    kind("packet", lambda delivery: Letter(to=("Ann Reader", ADDRESS), subject="Hello", text="Words"))
    post_office.orders.answers = {"RCPT": "550 5.2.1 disabled"}
    for day in range(1, 8):
        with on_day(day):
            outbox.queue_for("packet", str(day), recipient=ADDRESS)
            sending.send_due()
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["failed"] * 6 + ["suppressed"]


def test_erasing_a_person_keeps_their_suppression():
    outbox.queue_message("note", to=ADDRESS, reference="1", subject="Hello", text="Words")
    suppressing.suppress(ADDRESS, Reason.ASKED)
    assert outbox.erase_letters(ADDRESS) == 1
    assert suppressing.is_suppressed(ADDRESS)
