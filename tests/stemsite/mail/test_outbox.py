"""Letters: queued once with the change that wants them, sent once, tried again, never stuck (SEC-05)."""

import email
import smtplib
import socketserver
import threading

import pytest
from django.db import transaction

from stemsite.mail import outbox, sending
from stemsite.mail.mailers import mailer
from stemsite.mail.models import Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.database]


class PostOffice(socketserver.ThreadingTCPServer):
    """A mail server on loopback that answers as it is told."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Counter)
        self.answers = {}
        """First words of a command -> the answer instead of the good one; ``hang up`` closes the line."""
        self.letters = []


class Counter(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 loopback")
        while line := self.rfile.readline():
            command = line.decode().strip().upper()
            told = next((told for start, told in self.server.answers.items() if command.startswith(start)), None)
            if told == "hang up":
                return
            if command == "DATA" and not told:
                self.take_letter()
            else:
                self.say(told or ("221 bye" if command == "QUIT" else "250 fine"))
            if command == "QUIT":
                return

    def take_letter(self):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        told = self.server.answers.get("END")
        if not told:
            self.server.letters.append(email.message_from_bytes(b"".join(lines)))
        self.say(told or "250 taken")

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def post_office(settings, tmp_path):
    with PostOffice() as office:
        threading.Thread(target=office.serve_forever, daemon=True).start()
        entry = mailer(f"smtp://127.0.0.1:{office.server_address[1]}", tmp_path)
        settings.MAILERS = dict.fromkeys(("default", "transactional", "newsletter"), entry)
        yield office
        office.shutdown()


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
        ({"END": "452 full"}, "queued"),
        ({"END": "554 refused"}, "failed"),
        ({"EHLO": "hang up"}, "queued"),
        ({"DATA": "hang up"}, "queued"),
    ],
    ids=str,
)
def test_temporary_trouble_is_tried_again_and_only_a_refusal_of_this_letter_is_final(post_office, answers, state):
    letter()
    post_office.answers = answers
    sending.send_due()
    found = Delivery.objects.get()
    assert (found.state, found.attempts) == (state, 1)
    assert found.last_error
    assert "reader@" not in found.last_error


def test_after_the_trouble_the_same_letter_arrives_once(post_office):
    letter()
    post_office.answers = {"END": "451 later"}
    sending.send_due()
    post_office.answers = {}
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
