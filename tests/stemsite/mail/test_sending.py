"""Letters that are built when they are sent: checked at the last moment, fenced, never lost, never sent twice."""

from __future__ import annotations

import datetime
from unittest import mock

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stemsite.crypto import index_value
from stemsite.mail import outbox, pausing, sending, suppressing
from stemsite.mail.kinds import Attachment, Letter, NotAnyMore, NotNow
from stemsite.mail.models import Delivery, Pause, Suppression
from stemsite.tasks import worker
from tests.factories import make_clinic
from tests.fakes.mail_server import LOST_ACK

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ADDRESS = "reader@example.org"


def to_reader(delivery=None, **fields):
    return Letter(**{"to": ("Ann Reader", ADDRESS), "subject": "Your packet", "text": "It is here.", **fields})


def later(**delta):
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + datetime.timedelta(**delta))


# -- building at the last moment -------------------------------------------------------------


def test_lead_53_a_row_holds_nothing_in_clear(kind, post_office):
    kind("packet", to_reader)
    outbox.queue_for("packet", "17", recipient=ADDRESS, pin={"version": 4711, "hash": "ab"})
    outbox.queue_message("note", to=ADDRESS, reference="1", subject="A subject", text="Secret words")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mail_delivery")
        stored = str(cursor.fetchall())
    for secret in (ADDRESS, "reader", "4711", "A subject", "Secret"):
        assert secret not in stored
    packet = Delivery.objects.get(kind="packet")
    assert (packet.recipient, packet.pin["version"]) == (ADDRESS, 4711)
    assert packet.recipient_index == index_value("email", "READER@example.org")


def test_lead_53_asked_for_twice_it_is_queued_once(kind):
    first = outbox.queue_for("packet", "17", recipient=ADDRESS)
    assert outbox.queue_for("packet", "17", recipient="other@example.org").pk == first.pk
    assert Delivery.objects.get().recipient == ADDRESS


def test_lead_54_the_builder_is_asked_when_the_letter_is_sent(kind, post_office):
    asked = []
    kind("packet", lambda delivery: asked.append(delivery.reference) or to_reader())
    outbox.queue_for("packet", "17", recipient=ADDRESS)
    assert not asked
    sending.send_due()
    assert asked == ["17"]
    [received] = post_office.letters
    assert (received["To"], received["Subject"]) == ("Ann Reader <reader@example.org>", "Your packet")


@pytest.mark.parametrize("outcome", ["cancelled", "suppressed"])
def test_lead_54_not_any_more_ends_it_in_words(kind, post_office, outcome):
    kind("packet", lambda delivery: NotAnyMore(reason="withdrawn", outcome=outcome))
    outbox.queue_for("packet", "17")
    sending.send_due()
    found = Delivery.objects.get()
    assert (found.state, found.verdict, post_office.letters) == (outcome, "withdrawn", [])


def test_a_letter_that_is_to_wait_waits_and_the_try_does_not_count(kind, post_office):
    until = timezone.now() + datetime.timedelta(hours=3)
    kind("packet", lambda delivery: NotNow(until=until))
    outbox.queue_for("packet", "17")
    sending.send_due()
    found = Delivery.objects.get()
    assert (found.state, found.due_at, found.attempts) == ("queued", until, 0)


def test_lead_61_a_letter_that_cannot_be_put_together_is_tried_three_times_more(kind, post_office, caplog):
    def breaks(delivery):
        raise ZeroDivisionError(ADDRESS)

    kind("packet", breaks)
    outbox.queue_for("packet", "17")
    states = []
    for _ in range(4):
        Delivery.objects.update(due_at=timezone.now())
        sending.send_due()
        states.append(Delivery.objects.get().state)
    assert states == ["queued", "queued", "queued", "failed"]
    assert Delivery.objects.get().verdict == "not built"
    assert "reader" not in Delivery.objects.get().last_error


def test_lead_90_the_builder_sees_how_often_it_failed_and_may_do_with_less(kind, post_office):
    def builder(delivery):
        if delivery.build_failures < 3:
            raise ZeroDivisionError
        return to_reader(text="Read it on our site.")

    kind("packet", builder)
    outbox.queue_for("packet", "17")
    for _ in range(4):
        Delivery.objects.update(due_at=timezone.now())
        sending.send_due()
    assert len(post_office.letters) == 1


def test_a_kind_that_nobody_makes_is_no_end_of_the_others(post_office):
    outbox.queue_for("of an older release", "1")
    outbox.queue_message("note", to=ADDRESS, reference="1", subject="Hello", text="Words")
    sending.send_due()
    assert Delivery.objects.get(kind="note").state == "sent"
    assert Delivery.objects.get(kind="of an older release").state == "queued"


def test_the_app_hears_each_outcome_in_its_transaction(kind, post_office):
    heard = []
    kind("packet", to_reader, settled=lambda delivery: heard.append((delivery.state, delivery.verdict)))
    for number, answer in enumerate(("250 fine", "550 5.1.1 nobody", "552 5.3.4 too big")):
        outbox.queue_for("packet", str(number), recipient=f"{number}@example.org")
        post_office.orders.answers = {"RCPT": answer}
        sending.send_due()
        Suppression.objects.all().delete()
    assert heard == [("sent", ""), ("failed", "no mailbox"), ("failed", "too big")]


def test_lead_58_an_app_that_stumbles_over_the_outcome_sends_nothing_twice(kind, post_office):
    def stumbles(delivery):
        Delivery.objects.create(kind=delivery.kind, reference=delivery.reference, message_id=delivery.message_id)

    kind("packet", to_reader, settled=stumbles)
    outbox.queue_for("packet", "17")
    sending.send_due()
    sending.send_due()
    assert Delivery.objects.get().state == "sent"
    assert len(post_office.letters) == 1


# -- directly before the hand-over ----------------------------------------------------------


def test_lead_57_a_suppressed_address_gets_nothing(kind, post_office):
    kind("packet", to_reader)
    outbox.queue_for("packet", "17")
    suppressing.suppress(ADDRESS.upper(), Suppression.Reason.COMPLAINT)
    sending.send_due()
    assert (Delivery.objects.get().state, post_office.letters) == ("suppressed", [])


def test_lead_70_a_suppression_stops_no_letter_to_staff(kind, post_office):
    """A coordinator who left the newsletter still hears of enquiries, and gets an invitation or a new password."""
    kind("new_enquiry", to_reader, for_staff=True)
    outbox.queue_for("new_enquiry", "1-1", recipient=ADDRESS)
    outbox.queue_message("password_reset", to=ADDRESS, reference="1", subject="Your password", text="Here.")
    suppressing.suppress(ADDRESS, Suppression.Reason.COMPLAINT)
    sending.send_due()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert len(post_office.letters) == 2


def test_lead_133_a_letter_asks_the_database_little(kind, post_office):
    """Claim, three looks at the last moment, one outcome: the builder's own questions come on top."""
    kind("packet", to_reader)
    make_clinic()
    for number in range(4):
        outbox.queue_for("packet", str(number), recipient=ADDRESS)
    with CaptureQueriesContext(connection) as asked:
        assert sending.Sender()() == 4
    statements = [
        each["sql"] for each in asked if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
    ]
    assert len(statements) <= 4 * 10 + 12, "\n".join(statements)


def test_lead_57_an_address_suppressed_while_the_letter_is_built_gets_nothing(kind, post_office):
    def builder(delivery):
        suppressing.suppress(ADDRESS, Suppression.Reason.ASKED)
        return to_reader()

    kind("packet", builder)
    outbox.queue_for("packet", "17")
    sending.send_due()
    assert (Delivery.objects.get().state, post_office.letters) == ("suppressed", [])


def test_lead_57_a_lease_lost_while_the_letter_is_built_stops_it(kind, post_office):
    def builder(delivery):
        with later(minutes=3):
            assert Delivery.objects.claim_next().pk == delivery.pk
        return to_reader()

    kind("packet", builder)
    outbox.queue_for("packet", "17")
    sending.send_due()
    assert (Delivery.objects.get().state, post_office.letters) == ("leased", [])


def test_lead_57_a_batch_paused_meanwhile_goes_back(kind, post_office):
    def builder(delivery):
        pausing.pause_batch("issue-3", "Somebody pressed Pause.")
        return to_reader()

    kind("issue", builder)
    outbox.queue_many("issue", [("3-1", ADDRESS), ("3-2", "two@example.org")], batch="issue-3")
    sending.send_due()
    assert sending.send_due() == 0
    assert (set(Delivery.objects.values_list("state", "attempts")), post_office.letters) == ({("queued", 0)}, [])
    pausing.resume_batch("issue-3")
    kind("issue", to_reader)
    sending.send_due()
    assert len(post_office.letters) == 2


def test_lead_115_erased_while_in_hand_it_is_not_sent(kind, post_office):
    def builder(delivery):
        outbox.erase_letters(ADDRESS)
        return to_reader()

    kind("packet", builder)
    outbox.queue_for("packet", "17", recipient=ADDRESS, pin={"version": 3})
    sending.send_due()
    found = Delivery.objects.get()
    assert (found.state, found.verdict, post_office.letters) == ("cancelled", "erased", [])
    assert (found.recipient, found.recipient_index, found.pin) == ("", None, {})


# -- order --------------------------------------------------------------------------------


def test_lead_55_everything_else_goes_before_a_newsletter(kind, post_office):
    kind("issue", lambda delivery: to_reader(subject="News"))
    kind("packet", to_reader)
    outbox.queue_many("issue", [(f"1-{number}", f"{number}@example.org") for number in range(30)], batch="issue-1")
    sending.send_due()
    outbox.queue_for("packet", "17")
    sending.send_due()
    assert post_office.letters[20]["Subject"] == "Your packet"
    with pytest.raises(DatabaseError):
        outbox.queue_for("issue", "late", mailer="newsletter", priority=5)


def test_lead_77_queued_twice_each_recipient_has_one_letter(kind):
    people = [(f"1-{number}", f"{number}@example.org") for number in range(5)]
    outbox.queue_many("issue", people, batch="issue-1")
    outbox.queue_many("issue", people, batch="issue-1")
    assert Delivery.objects.count() == 5
    assert Delivery.objects.first().recipient_index == index_value("email", "0@example.org")


def test_lead_56_an_idle_turn_only_reads(post_office):
    outbox.queue_message("note", to=ADDRESS, reference="1", subject="Hello", text="Words")
    Delivery.objects.update(due_at=timezone.now() + datetime.timedelta(hours=1))
    with CaptureQueriesContext(connection) as queries:
        assert sending.send_due() == 0
    assert len(queries) <= 3
    assert all(query["sql"].startswith("SELECT") for query in queries)


# -- what must stick ------------------------------------------------------------------------


def test_lead_58_sent_is_written_until_it_sticks(kind, post_office, monkeypatch):
    kind("packet", to_reader)
    outbox.queue_for("packet", "17")
    tries, finish = [], Delivery.finish

    def locked(self, **fields):
        tries.append(1)
        if len(tries) < 4:
            raise OperationalError("database is locked")
        return finish(self, **fields)

    monkeypatch.setattr(Delivery, "finish", locked)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    sending.send_due()
    assert (Delivery.objects.get().state, len(tries), len(post_office.letters)) == ("sent", 4, 1)


def test_lead_59_the_same_letter_keeps_its_message_id(kind, post_office):
    kind("packet", to_reader)
    outbox.queue_for("packet", "17")
    post_office.orders.answers = {"DOT": ["451 later", LOST_ACK]}
    for _ in range(3):
        Delivery.objects.update(due_at=timezone.now())
        sending.send_due()
    assert Delivery.objects.get().state == "sent"
    assert {letter["Message-ID"] for letter in post_office.letters} == {Delivery.objects.get().message_id}


def test_lead_60_a_letter_that_takes_every_worker_along_fails_with_an_alert(kind, caplog):
    outbox.queue_for("packet", "17")
    for minutes in range(0, 15, 3):
        with later(minutes=minutes):
            assert Delivery.objects.claim_next(lease=datetime.timedelta(minutes=2)) is not None
    with later(minutes=18):
        assert Delivery.objects.claim_next() is None
    found = Delivery.objects.get()
    assert (found.state, found.lost_leases) == ("failed", 0)
    assert "Every worker that tried this stopped" in found.last_error
    assert "mail alert" in caplog.text


def test_lead_60_leases_lost_before_an_outcome_do_not_add_up(kind, post_office):
    kind("packet", to_reader)
    outbox.queue_for("packet", "17")
    for minutes in (0, 3, 6):
        with later(minutes=minutes):
            claimed = Delivery.objects.claim_next(lease=datetime.timedelta(minutes=2))
    assert claimed.lost_leases == 2
    claimed.fail("The mail server answered 450.")
    assert Delivery.objects.get().lost_leases == 0


def test_lead_60_a_worker_told_to_stop_begins_no_other_letter(kind, post_office):
    import threading

    stopping = threading.Event()

    def builder(delivery):
        stopping.set()
        return to_reader()

    kind("packet", builder)
    outbox.queue_for("packet", "1")
    outbox.queue_for("packet", "2")
    token = worker._stopping.set(stopping)
    try:
        sending.send_due()
    finally:
        worker._stopping.reset(token)
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["queued", "sent"]


def test_lead_64_an_outage_costs_few_letters_a_try_and_all_go_afterwards(kind, settings, tmp_path, post_office):
    from stemsite.mail.mailers import mailer

    kind("packet", to_reader)
    for number in range(30):
        outbox.queue_for("packet", str(number))
    works, settings.MAILERS = settings.MAILERS, {"transactional": mailer("smtp://127.0.0.1:1", tmp_path)}
    sender = sending.Sender()
    for _ in range(10):
        sender()
    assert Delivery.objects.filter(attempts__gt=0).count() <= 2
    assert not Pause.objects.exists(), "an outage parks and pauses nothing"
    settings.MAILERS = works
    Delivery.objects.update(due_at=timezone.now())
    sender.outages.clear()
    sender(), sender()
    assert len(post_office.letters) == 30


# -- what travels ---------------------------------------------------------------------------


def test_lead_65_what_every_letter_carries(kind, post_office, settings):
    make_clinic(name="Stem, Clinic & Sons", email="hello@clinic.example", address="1 Main Street\nTown")
    kind("packet", lambda delivery: to_reader(attachments=(PDF,)))
    outbox.queue_for("packet", "17")
    sending.send_due()
    [taken] = post_office.orders.taken
    received = taken.message
    assert str(received["From"].addresses[0].display_name) == "Stem, Clinic & Sons"
    assert received["From"].addresses[0].addr_spec == settings.DEFAULT_FROM_EMAIL
    assert "hello@clinic.example" in received["Reply-To"]
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Content-Language"] == "en"
    assert received["Date"].datetime is not None
    assert {part.get_content_type() for part in received.walk()} >= {"text/plain", "text/html", "application/pdf"}
    html = received.get_body(("html",)).get_content()
    assert '<html lang="en">' in html
    assert "It is here." in html
    assert all(len(line) <= 998 for line in taken.raw.split(b"\r\n"))
    assert [part.get_filename() for part in received.iter_attachments()] == ["information-packet.pdf"]


PDF = Attachment(name="information-packet.pdf", content=b"%PDF-1.7 x", media_type="application/pdf")


def test_lead_65_long_lines_and_dots_arrive_as_they_were(kind, post_office):
    text = ".\n..\n.Begins with a dot\n" + "word " * 600 + "\nżółw 漢字\n"
    kind("packet", lambda delivery: to_reader(text=text))
    outbox.queue_for("packet", "17")
    sending.send_due()
    [taken] = post_office.orders.taken
    assert taken.message.get_body(("plain",)).get_content().replace("\r\n", "\n") == text
    assert all(len(line) <= 998 for line in taken.raw.split(b"\r\n"))
    assert taken.raw.isascii()


def test_lead_65_the_envelope_names_the_letter_by_number_and_proof(kind, post_office):
    from stemsite.mail.envelope import number_of

    kind("packet", to_reader)
    outbox.queue_for("packet", "17")
    sending.send_due()
    [taken] = post_office.orders.taken
    assert number_of(taken.sender) == Delivery.objects.get().pk
    assert "reader" not in taken.sender
    assert number_of(taken.sender.replace("+b", "+b1")) is None
    assert number_of(taken.sender.upper()) == Delivery.objects.get().pk


def test_lead_65_an_old_key_still_proves_an_envelope(settings):
    from stemsite.mail.envelope import number_of, sender_for

    sender = sender_for(42)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert number_of(sender) == 42
    settings.SECRET_KEY_FALLBACKS = []
    assert number_of(sender) is None


def test_lead_49_a_long_list_unsubscribe_stays_one_plain_line_on_the_wire(kind, post_office):
    address = f"<https://a-rather-long-name-of-a-clinic.example/u/{'t' * 60}>"
    headers = {"List-Unsubscribe": address, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    kind("issue", lambda delivery: to_reader(headers=headers))
    outbox.queue_many("issue", [("1-1", ADDRESS)], batch="issue-1")
    sending.send_due()
    [taken] = post_office.orders.taken
    assert f"\r\nList-Unsubscribe: {address}\r\n".encode() in taken.raw
    assert taken.raw.count(b"List-Unsubscribe:") == 1
    assert "Auto-Submitted" not in taken.message


def test_lead_120_newsletters_come_from_an_address_of_their_own(kind, post_office, settings):
    kind("issue", to_reader)
    outbox.queue_many("issue", [("1-1", ADDRESS)], batch="issue-1")
    sending.send_due()
    assert settings.NEWSLETTER_FROM in post_office.letters[0]["From"]
    assert settings.NEWSLETTER_FROM != settings.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize("name", ["Smith, John", 'Ann "Annie" Lee', "Zażółć gęślą", "漢字", "a\r\nBcc: x@b.org", "<b>"])
def test_a_name_in_any_form_is_a_name(kind, post_office, name):
    kind("packet", lambda delivery: to_reader(to=(name, ADDRESS)))
    outbox.queue_for("packet", "17")
    sending.send_due()
    [received] = post_office.letters
    [mailbox] = received["To"].addresses
    assert (mailbox.addr_spec, mailbox.display_name) == (ADDRESS, " ".join(name.split()))
    assert received["Bcc"] is None


def test_a_header_with_a_line_break_is_final(kind, post_office):
    kind("packet", lambda delivery: to_reader(headers={"X-Thing": "a\r\nBcc: x@example.org"}))
    outbox.queue_for("packet", "17")
    sending.send_due()
    assert (Delivery.objects.get().verdict, post_office.letters) == ("unsendable", [])


def test_words_of_a_sent_letter_are_not_kept(post_office):
    outbox.queue_message("note", to=ADDRESS, reference="1", subject="Hello", text="A link that opens an account")
    sending.send_due()
    assert Delivery.objects.get().letter == {}
