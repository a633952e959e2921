"""Letters: queued once with the change that wants them, sent once, tried again, never stuck (SEC-05)."""

import smtplib

import pytest
from django.db import transaction

from stemsite.mail import outbox, sending
from stemsite.mail.mailers import in_clear, mailer
from stemsite.mail.models import Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def letter(reference="1", to="reader@example.org"):
    return outbox.queue_message(
        "test", to=to, reference=reference, subject="Hello", text="Words.", html="<p>Words.</p>"
    )


def test_a_letter_is_queued_once_per_reference_and_sent_once(post_office):
    assert letter() == letter()
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    [received] = post_office.letters
    assert (received["To"], received["Subject"]) == ("reader@example.org", "Hello")
    assert received["Message-ID"] == Delivery.objects.get().message_id
    assert received.get_content_type() == "multipart/alternative"
    assert Delivery.objects.get().state == "sent"


def test_a_letter_of_a_change_that_was_rolled_back_was_never_queued(post_office):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        letter()
        raise ZeroDivisionError
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({"RCPT": "450 try later"}, "queued"),
        ({"RCPT": "550 no such person"}, "failed"),
        ({"MAIL": "451 busy"}, "queued"),
        ({"MAIL": "530 log in first"}, "queued"),
        ({"DOT": "452 full"}, "queued"),
        ({"DOT": "554 refused"}, "failed"),
        ({"EHLO": "hang up"}, "queued"),
        ({"DATA": "hang up"}, "queued"),
    ],
    ids=str,
)
def test_temporary_trouble_is_tried_again_and_only_a_refusal_of_this_letter_is_final(post_office, answers, state):
    letter()
    post_office.orders.answers = answers
    sending.send_due()
    found = Delivery.objects.get()
    assert (found.state, found.attempts) == (state, 1)
    assert found.last_error
    assert "reader@" not in found.last_error


def test_after_the_trouble_the_same_letter_arrives_once(post_office):
    letter()
    post_office.orders.answers = {"DOT": "451 later"}
    sending.send_due()
    post_office.orders.answers = {}
    Delivery.objects.update(due_at="2020-01-01T00:00Z")
    sending.send_due()
    assert [received["Message-ID"] for received in post_office.letters] == [Delivery.objects.get().message_id]


def test_a_mail_server_that_is_not_there_costs_a_try(settings, tmp_path):
    entry = mailer("smtp://127.0.0.1:1", tmp_path)
    settings.MAILERS = {"default": entry, "transactional": entry}
    letter()
    sending.send_due()
    assert Delivery.objects.get().state == "queued"


def test_a_login_the_server_refuses_is_the_sites_own_affair(post_office, settings):
    """A wrong password must not throw the outbox away."""
    letter()

    def refuse(*args, **kwargs):
        raise smtplib.SMTPAuthenticationError(535, b"no")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("smtplib.SMTP.connect", refuse)
        sending.send_due()
    assert Delivery.objects.get().state == "queued"


def test_one_letter_that_cannot_be_put_together_stops_no_other(post_office):
    letter("1")
    letter("2", to="other@example.org")
    Delivery.objects.filter(reference="1").update(recipient="bad\naddress@example.org")
    sending.send_due()
    assert Delivery.objects.get(reference="2").state == "sent"
    broken = Delivery.objects.get(reference="1")
    assert (broken.state, broken.verdict) == ("failed", "unsendable")
    assert "bad" not in broken.last_error


def test_a_subject_is_one_line(post_office):
    outbox.queue_message("test", to="a@example.org", reference="x", subject="One\r\nBcc: other@example.org", text="x")
    sending.send_due()
    [received] = post_office.letters
    assert received["Subject"] == "One Bcc: other@example.org"
    assert received["Bcc"] is None


def test_without_a_mail_server_letters_are_files_that_only_we_can_read(settings, tmp_path):
    settings.MAILERS = dict.fromkeys(("default", "transactional"), mailer("", tmp_path / "mail"))
    letter()
    sending.send_due()
    [file] = (tmp_path / "mail").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("address", ["http://mail.example", "mail.example:25"])
def test_an_address_that_is_none_of_a_mail_server_is_refused(address, tmp_path):
    with pytest.raises(ValueError, match="smtp://"):
        mailer(address, tmp_path)


def test_a_mail_address_holds_login_and_encryption(tmp_path):
    options = mailer("smtps://us%40er:p%3Ass@mail.example", tmp_path)["OPTIONS"]
    assert (options["username"], options["password"], options["port"], options["use_ssl"]) == (
        *("us@er", "p:ss", 465, True),
    )
    assert mailer("smtp://mail.example:587?tls=1", tmp_path)["OPTIONS"]["use_tls"] is True


@pytest.mark.parametrize(
    ("url", "clear"),
    [
        ("smtp://mail.example:587", True),
        ("smtp://mail.example:587?tls=1", False),
        ("smtps://mail.example", False),
        ("smtp://127.0.0.1:25", False),
        ("", False),
    ],
)
def test_lead_122_mail_in_clear_is_known(url, clear):
    assert in_clear(url) is clear
