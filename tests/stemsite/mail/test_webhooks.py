"""Reports that a provider posts: signed, counted once, judged by the same table as a bounce (LEAD-72)."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid

import pytest

from stemsite.mail import kinds, outbox, suppressing
from stemsite.mail.mailers import reports_by
from stemsite.mail.models import Delivery, ProviderEvent, SoftBounces, Suppression
from stemsite.mail.webhooks import forget_old

pytestmark = [pytest.mark.django_db, pytest.mark.database]

KEY = "a signing key of the provider"
PATH = "/hooks/mail/"
ADDRESS = "reader@example.org"


@pytest.fixture(autouse=True)
def mailgun(settings):
    settings.MAIL_WEBHOOK, settings.ANYMAIL = "mailgun", reports_by("mailgun", KEY)


@pytest.fixture
def letter():
    made = outbox.queue_for("packet", "17", recipient=ADDRESS)
    Delivery.objects.filter(pk=made.pk).update(state="sent")
    return made


def report(letter, event="failed", *, said="550 5.1.1 no such user", severity="permanent", token="", key=KEY):
    token, stamp = token or uuid.uuid4().hex, str(int(time.time()))
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": {
            "event": event,
            "severity": severity,
            "timestamp": time.time(),
            "recipient": "somebody-else@example.org",
            "message": {"headers": {"message-id": letter.message_id.strip("<>")}},
            "delivery-status": {"code": 550, "message": said, "description": ""},
        },
    }


def post(client, body):
    return client.post(PATH, json.dumps(body) if isinstance(body, dict) else body, content_type="application/json")


def test_lead_72_a_signed_report_of_no_such_mailbox_suppresses_whom_the_letter_went_to(client, letter):
    answer = post(client, report(letter))
    assert (answer.status_code, answer["Cache-Control"], answer.cookies) == (200, "no-store", {})
    assert suppressing.is_suppressed(ADDRESS) and not suppressing.is_suppressed("somebody-else@example.org")
    letter.refresh_from_db()
    assert letter.verdict == "no mailbox" and letter.bounced_at is not None and ADDRESS not in letter.last_error


def test_lead_72_a_complaint_suppresses_and_is_told_to_the_app_whose_letter_it_was(client, letter, kind):
    told = []
    kind(
        "packet", lambda delivery: kinds.NotAnyMore(reason="-"), settled=lambda delivery: told.append(delivery.verdict)
    )
    assert post(client, report(letter, "complained")).status_code == 200
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT and told == ["complaint"]


def test_lead_72_an_event_that_comes_again_is_counted_once(client, letter):
    body = report(letter, said="552 5.2.2 mailbox full")
    for _ in range(3):
        assert post(client, body).status_code == 200
    assert SoftBounces.objects.get().halves == 1 and ProviderEvent.objects.count() == 1
    assert not suppressing.is_suppressed(ADDRESS)


def test_lead_72_a_report_that_is_not_signed_by_the_provider_changes_nothing(client, letter):
    wrong = report(letter, key="another key altogether")
    unsigned = {"event-data": report(letter)["event-data"]}
    for body in (wrong, unsigned, "{", "[]", "null", '{"signature": 5}', '{"signature": {}}', "\x00\xff"):
        assert post(client, body).status_code == 400, body
    assert not Suppression.objects.exists() and not ProviderEvent.objects.exists()


def test_sec_08_signed_nonsense_is_refused_and_breaks_nothing(client, letter):
    body = report(letter)
    for data in (None, [], "x", {}, {"event": "failed", "timestamp": "x"}):
        assert post(client, {**body, "event-data": data}).status_code == 400, data
    assert post(client, "x" * (1024 * 1024 + 1)).status_code == 413
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("event", "severity"), [("delivered", ""), ("opened", ""), ("failed", "temporary"), ("accepted", "")]
)
def test_lead_72_what_is_no_failure_is_not_kept(client, letter, event, severity):
    """Opens and clicks are reported by some providers whatever one asks for; nothing of them is stored (LEAD-65)."""
    assert post(client, report(letter, event, severity=severity)).status_code == 200
    letter.refresh_from_db()
    assert letter.bounced_at is None and not ProviderEvent.objects.exists()


def test_lead_71_a_letter_that_is_not_ours_is_ignored(client, letter):
    letter.message_id = f"<{uuid.uuid4()}@elsewhere.example>"
    assert post(client, report(letter)).status_code == 200
    assert not Suppression.objects.exists()


def test_without_a_provider_there_is_no_such_address_and_reading_it_is_refused(client, settings):
    assert client.get(PATH).status_code == 405
    settings.MAIL_WEBHOOK = ""
    assert client.post(PATH, {}).status_code == 404


def test_a_provider_needs_a_key_and_has_to_be_known():
    assert reports_by("", "") == {}
    for provider, key in (("mailgun", "short"), ("nobody", "k" * 40)):
        with pytest.raises(ValueError, match="MAIL_WEBHOOK"):
            reports_by(provider, key)


def test_numbers_of_events_are_forgotten_after_two_months(client, letter):
    post(client, report(letter))
    assert forget_old() == 0
    ProviderEvent.objects.update(at="2020-01-01T00:00:00Z")
    assert forget_old() == 1
