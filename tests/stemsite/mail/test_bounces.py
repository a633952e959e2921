"""LEAD-71, LEAD-72: reports that come back by pipe or folder, matched by the envelope and by nothing else."""

from __future__ import annotations

import io
from email.mime.multipart import MIMEMultipart
from unittest import mock

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from stemsite.mail import bounces, kinds, outbox, sending, suppressing
from stemsite.mail.bounces import Result, take
from stemsite.mail.envelope import sender_for
from stemsite.mail.models import Delivery, SoftBounces, Suppression
from stemsite.mail.reports import parse

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ADDRESS = "ann.lee@reader.example"


@pytest.fixture
def sent(post_office):
    """A letter that went out, and the address on its envelope."""
    outbox.queue_message("note", to=ADDRESS, reference="1", subject="Hello", text="Words")
    sending.send_due()
    [taken] = post_office.orders.taken
    return taken.sender


def report(to, *, action="failed", status="5.1.1", diagnosis=f"smtp; 550 5.1.1 <{ADDRESS}> no such user", extra=""):
    return f"""From: MAILER-DAEMON@relay.example
To: <{to}>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your letter to {ADDRESS} could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Thu, 26 Nov 2026 12:00:00 +0000
{extra}
Final-Recipient: rfc822; {ADDRESS}
Action: {action}
Status: {status}
Diagnostic-Code: {diagnosis}

--b1
Content-Type: message/rfc822

From: no-reply@clinic.example
To: {ADDRESS}
Subject: Hello

Words
--b1--
""".encode()


def complaint(to):
    return f"""From: <feedback@provider.example>
To: <{to}>
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain

This is an email abuse report.
--b1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
--b1--
""".encode()


def test_lead_72_no_such_mailbox_suppresses_at_once_when_it_is_reported_later(sent):
    assert take(report(sent)) == Result.BOUNCED
    assert suppressing.is_suppressed(ADDRESS)
    found = Delivery.objects.get()
    assert (found.state, found.verdict) == ("sent", "no mailbox")
    assert found.bounced_at is not None
    assert bounces.is_bounce(found)
    assert Suppression.objects.get().source == "report 5.1.1"


@pytest.mark.parametrize(
    ("status", "diagnosis", "suppressed", "scored", "verdict"),
    [
        ("5.1.2", "smtp; 550 no such domain", 1, 0, "no mailbox"),
        ("5.1.10", "smtp; 556 null mx", 1, 0, "no mailbox"),
        ("5.2.2", "smtp; 552-5.2.2 mailbox full", 0, 1, "mailbox refused"),
        ("5.7.1", "smtp; 550 5.7.1 spam", 0, 0, "taken for spam"),
        ("4.4.7", "smtp; 451 4.4.7 tried for five days", 0, 1, "not delivered"),
        ("4.4.1", "X-Postfix; connection timed out", 0, 1, "not delivered"),
        ("5.0.0", "", 0, 0, "refused"),
    ],
)
def test_lead_72_a_report_is_judged_by_the_same_table(sent, status, diagnosis, suppressed, scored, verdict):
    assert take(report(sent, status=status, diagnosis=diagnosis)) == Result.BOUNCED
    assert (Suppression.objects.count(), SoftBounces.objects.count()) == (suppressed, scored)
    assert Delivery.objects.get().verdict == verdict


def test_lead_71_the_envelope_decides_and_not_what_the_report_says(sent):
    """A forged report about somebody else's address, or without the proof, changes nothing."""
    for to in ("bounces@clinic.example", sent.replace("+b", "+b9"), sent[:-30] + "0" * 12 + sent[-18:], ADDRESS):
        assert take(report(to)) == Result.UNKNOWN
    assert not Suppression.objects.exists()
    assert Delivery.objects.get().bounced_at is None


def test_lead_71_the_mail_servers_own_word_on_the_recipient_counts(sent):
    raw = report("bounces@clinic.example")
    assert take(raw, recipient=sent) == Result.BOUNCED


def test_lead_71_headers_of_delivery_name_the_envelope_too(sent):
    raw = b"Delivered-To: " + sent.encode() + b"\n" + report("bounces@clinic.example")
    assert take(raw) == Result.BOUNCED


def test_a_report_counts_once(sent):
    take(report(sent, status="5.2.2", diagnosis="smtp; 552 5.2.2 full"))
    assert take(report(sent)) == Result.AGAIN
    assert not Suppression.objects.exists()


def test_a_delay_is_no_bounce(sent):
    assert take(report(sent, action="delayed", status="4.4.1")) == Result.DELAYED
    assert Delivery.objects.get().bounced_at is None


def test_an_answer_of_a_person_or_a_machine_is_ignored(sent):
    raw = f"From: x@example.org\nTo: {sent}\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nBack on Monday.\n"
    assert take(raw.encode()) == Result.NO_REPORT


def test_lead_72_a_complaint_suppresses_and_the_app_takes_back_consent(kind, post_office):
    from stemsite.mail.kinds import Letter

    heard = []
    kind(
        "issue",
        lambda delivery: Letter(to=("", ADDRESS), subject="News", text="Words"),
        settled=lambda delivery: heard.append((delivery.state, delivery.verdict, bounces.is_complaint(delivery))),
    )
    outbox.queue_many("issue", [("1-1", ADDRESS)], batch="1")
    sending.send_due()
    sender = post_office.orders.taken[0].sender
    assert take(complaint(sender)) == Result.COMPLAINED
    assert take(complaint(sender)) == Result.AGAIN
    assert Suppression.objects.get().reason == "complaint"
    assert heard == [("sent", "", False), ("sent", "complaint", True)]


def test_lead_71_no_raw_mail_and_no_address_is_stored(sent):
    take(report(sent))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            stored = str(cursor.fetchall()).lower()
            assert "reader.example" not in stored, table
            assert "sorry to have to inform" not in stored, table
    assert Delivery.objects.get().last_error == "Came back: 550 5.1.1 <…> no such user"


def test_a_report_on_a_letter_whose_person_was_erased_is_counted_and_hurts_nobody(sent):
    outbox.erase_letters(ADDRESS)
    assert take(report(sent)) == Result.BOUNCED
    assert not Suppression.objects.exists()


# -- the command ----------------------------------------------------------------------------


def test_lead_71_by_pipe(sent):
    out = io.StringIO()
    with mock.patch("sys.stdin", mock.Mock(buffer=io.BytesIO(report("bounces@clinic.example")))):
        call_command("process_bounces", to=sent, stdout=out)
    assert out.getvalue() == "bounced\n"


def test_lead_71_by_folder_what_was_understood_is_taken_away(sent, tmp_path):
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1").write_bytes(report(sent))
    (tmp_path / "cur" / "2").write_bytes(report(sent))
    (tmp_path / "cur" / "3").write_bytes(b"Subject: Hello\n\nA letter by a person.\n")
    (tmp_path / "tmp" / "4").write_bytes(report(sent))
    out = io.StringIO()
    call_command("process_bounces", tmp_path, stdout=out)
    assert out.getvalue().splitlines() == ["1 bounced", "1 counted before", "1 no report"]
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["cur/3", "tmp/4"]


def test_a_folder_that_is_none_is_said(tmp_path):
    with pytest.raises(CommandError, match="is no folder"):
        call_command("process_bounces", tmp_path / "nothing")


# -- what arrives may be anything -------------------------------------------------------------


@given(raw=st.binary(max_size=2000))
@effort(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sec_08_any_bytes_are_read_without_an_error(raw):
    parse(raw)
    parse(b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n" + raw + b"\n--b--\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 100,
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\nTo: <<>>,,;:@\n\n--b--",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
        b"Content-Type: message/delivery-status\n\n\n\nAction\nStatus: \xff\xfe\n\n--b--",
        report("x@example.org", diagnosis="smtp; \x00\x1b[31m" + "9" * 5000),
        report("x@example.org", status="5.1.1.1.1.1", action="FAILED"),
        MIMEMultipart("report").as_bytes(),
    ],
)
def test_sec_08_broken_reports_break_nothing(raw):
    assert take(raw) in {Result.NO_REPORT, Result.UNKNOWN}


def test_an_envelope_tells_nothing_by_itself():
    assert sender_for(7).startswith("bounces+b7-")


def test_lead_63_a_name_that_only_the_app_knows_is_taken_out_of_what_a_server_says(sent, monkeypatch):
    monkeypatch.setattr(kinds, "_names", [lambda address: ["Ann Quetzal"] if address == ADDRESS else []])
    take(report(sent, status="4.2.2", diagnosis="smtp; 452 4.2.2 Mailbox of Quetzal, ann is full"), recipient=sent)
    said = Delivery.objects.get().last_error
    assert "is full" in said
    assert "quetzal" not in said.lower() and "ann" not in said.lower()
