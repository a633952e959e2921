"""What goes when its time is over, what is exported, and what the ledger proves."""

from __future__ import annotations

import datetime
import json
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from leads import ledger, retention, subscribing
from leads.models import Contact, Enquiry, PacketRequest, Subscription
from stemsite.audit.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def older(model, days: int) -> None:
    moment = timezone.now() - datetime.timedelta(days=days)
    model.objects.update(created_at=moment)
    Contact.objects.update(created_at=moment)


def gone() -> dict[str, int]:
    return {found.name: found.number for found in retention.run() if found.number}


def test_lead_114_a_packet_request_goes_after_twelve_months_and_with_it_the_person(ask):
    ask("/information-packet/", {"email": "ann@example.org", "name": "Ann"})
    older(PacketRequest, 360)
    assert gone() == {}
    older(PacketRequest, 370)
    assert {found.name for found in retention.run(dry=True) if found.number} == {"packet requests"}
    assert PacketRequest.objects.get().name == "Ann", "a dry run changes nothing"
    assert gone() == {"packet requests": 1, "people of whom nothing was left": 1}
    row = PacketRequest.objects.get()
    assert (row.name, row.source, row.channel_index, row.emptied_at is not None) == ("", {}, None, True)
    assert Contact.objects.get().is_erased
    assert AuditEvent.objects.filter(verb="emptied what was kept long enough").count() == 1
    assert gone() == {}


def test_lead_114_an_open_enquiry_stays_and_a_closed_one_goes_after_24_months(ask):
    ask("/consultation/", {"email": "ann@example.org", "message": "Please call."})
    older(Enquiry, 2000)
    assert gone() == {}
    closed = timezone.now() - datetime.timedelta(days=740)
    Enquiry.objects.update(status="converted", closed_at=closed)
    assert gone() == {"closed enquiries": 1, "people of whom nothing was left": 1}
    assert Enquiry.objects.get().message == ""


def test_lead_114_a_legal_hold_keeps_everything(ask):
    ask("/information-packet/", {"email": "ann@example.org", "name": "Ann"})
    older(PacketRequest, 400)
    Contact.objects.update(hold_reason="Court order 12")
    assert gone() == {}


def test_lead_114_quarantine_and_unconfirmed_sign_ups_go_after_thirty_days(ask):
    from leads.models import SignUp

    ask("/newsletter/", {"email": "ann@example.org"})
    ask("/newsletter/", {"email": "bob@example.org"})
    subscribing.confirm(Subscription.objects.latest("pk"))
    ask("/consultation/", {"email": "bot@example.org", "reply_code": "x", "elapsed_ms": "1"})
    older(SignUp, 31)
    older(Enquiry, 31)
    Subscription.objects.filter(state="pending").update(asked_at=timezone.now() - datetime.timedelta(days=31))
    assert gone() == {
        "quarantined enquiries": 1,
        "unconfirmed sign-ups": 1,
        "people of whom nothing was left": 2,
    }
    assert Contact.objects.get(erased_at=None).email == "bob@example.org"


def test_lead_36_a_subscription_that_differs_from_the_ledger_is_named(ask, capsys):
    ask("/newsletter/", {"email": "ann@example.org"})
    subscribing.confirm(Subscription.objects.get())
    call_command("verify_consent")
    Subscription.objects.update(state="withdrawn", ended_at=timezone.now())
    with pytest.raises(CommandError, match="1 subscriptions differ"):
        call_command("verify_consent")
    assert Contact.objects.get().reference in capsys.readouterr().out


def test_lead_115_a_person_is_exported_and_erased_by_command(ask, capsys):
    ask("/consultation/", {"email": "ann@example.org", "name": "Ann", "message": "Please call.", "consent_call": "on"})
    call_command("export_person", "Ann@Example.org", reason="Asked for it.")
    values = json.loads(capsys.readouterr().out)
    assert values["email"] == "ann@example.org"
    assert values["requests"][0]["message"] == "Please call."
    assert values["consents"][0]["purpose"] == "call"
    assert AuditEvent.objects.get(verb="exported a person").note == "Asked for it."
    call_command("erase_person", "ann@example.org")
    assert not Contact.objects.get().is_erased
    call_command("erase_person", "ann@example.org", yes=True)
    assert Contact.objects.get().is_erased
    with pytest.raises(CommandError, match="hold nobody"):
        call_command("export_person", "ann@example.org", reason="Again.")


def test_lead_42_consent_to_health_information_ends_with_its_purpose(ask):
    """While a request is kept, or the newsletter is narrowed to topics, it stands; then it alone ends."""
    boxes = {"consent_health": "on", "consent_newsletter": "on"}
    ask("/consultation/", {"email": "ann@example.org", "message": "x", **boxes})
    assert subscribing.confirm(Subscription.objects.get())
    contact = Contact.objects.get()
    later = timezone.now() + datetime.timedelta(days=40)
    with mock.patch("django.utils.timezone.now", return_value=later):
        assert gone() == {}, "the enquiry is open"
        Enquiry.objects.update(**Enquiry.emptied_values())
        Subscription.objects.update(topics=["als-news"])
        assert gone() == {}, "chosen topics tell of a condition"
        Subscription.objects.update(topics=[])
        assert {found.name for found in retention.run(dry=True) if found.number} == {retention.HEALTH_ENDED}
        assert gone() == {retention.HEALTH_ENDED: 1}
        assert gone() == {}
    newest = contact.consents.latest("pk")
    assert (newest.purpose, newest.action, newest.method) == ("health", "expired", "system")
    assert "newsletter" in ledger.allowed(contact) and "health" not in ledger.allowed(contact)
