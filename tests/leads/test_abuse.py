"""Signals add up, nothing is dropped, limits share one table, and everybody gets the same answer."""

from __future__ import annotations

import datetime

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError
from django.utils import timezone

from leads import limits
from leads.letting_through import release
from leads.models import Contact, Enquiry, PacketRequest, RateCounter, SignUp, SpamPattern, Subscription
from leads.spam import Submission, signals_of
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.mail.models import Delivery
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize(
    ("values", "signals"),
    [
        ({"trap": "x"}, ("honeypot",)),
        ({"elapsed_ms": 1999}, ("fast",)),
        ({"elapsed_ms": 2000}, ()),
        ({"elapsed_ms": None}, ()),
        ({"email": "a@mailinator.com"}, ("disposable",)),
        ({"name": "Buy now www.pills.com"}, ("address in name",)),
        ({"name": "J. P. Morgan"}, ()),
        ({"message": "See https://a.example"}, ("one link",)),
        ({"message": "http://a.b http://c.d http://e.f"}, ("many links",)),
    ],
)
def test_lead_25_each_signal_fires_on_its_own(values, signals):
    assert signals_of(Submission(**values)) == signals


def test_lead_26_no_single_signal_quarantines(ask):
    for number, data in enumerate(
        [{"reply_code": "x"}, {"elapsed_ms": "100"}, {"name": "www.example.com"}, {"email": "a@mailinator.com"}]
    ):
        ask("/information-packet/", {"email": f"ann{number}@example.org", **data})
    assert set(PacketRequest.objects.values_list("standing", flat=True)) == {"accepted"}


def test_lead_27_a_quarantined_visitor_sees_the_same_and_gets_no_letter_until_release(ask):
    doubtful = {"email": "bot@example.org", "reply_code": "x", "elapsed_ms": "3", "consent_newsletter": "on"}
    plain = ask("/information-packet/", {"email": "ann@example.org", "consent_newsletter": "on"})
    answer = ask("/information-packet/", doubtful)
    assert (answer.status_code, answer["Location"], answer.content) == (303, plain["Location"], plain.content)
    request = PacketRequest.objects.get(standing="quarantined")
    assert set(request.signals) == {"honeypot", "fast"}
    assert not Subscription.objects.filter(contact=request.contact).exists()
    letters = Delivery.objects.filter(reference=request.reference)
    assert not letters.exists()
    coordinator = make_user(Role.COORDINATOR)
    assert release(request, by=coordinator)
    assert not release(request, by=coordinator), "exactly once"
    assert sorted(letters.values_list("kind", flat=True)) == ["confirm", "packet"]
    assert AuditEvent.objects.filter(verb="released a request from quarantine").count() == 1


def test_lead_25_staff_patterns_are_plain_text(ask):
    SpamPattern.objects.create(text="(.*)", score=5)
    SpamPattern.objects.create(text="Crypto Profit", score=5)
    ask("/consultation/", {"email": "ann@example.org", "message": "Hello there"})
    ask("/consultation/", {"email": "bob@example.org", "message": "big CRYPTO PROFIT for you"})
    assert list(Enquiry.objects.order_by("pk").values_list("standing", flat=True)) == ["accepted", "quarantined"]


def test_lead_25_the_same_words_from_three_addresses_are_a_signal(ask):
    for name in ("ann", "bob", "cyd"):
        ask("/consultation/", {"email": f"{name}@example.org", "message": "The very same offer"})
    assert [enquiry.signals for enquiry in Enquiry.objects.order_by("pk")] == [[], [], ["repeated"]]


def test_lead_29_a_soft_limit_only_scores_and_a_hard_one_gives_the_text_back(ask, settings, one_window):
    settings.LEADS_RATES = {"network_soft": 1, "network_hard": 3}
    for number in range(3):
        assert ask("/consultation/", {"email": f"ann{number}@example.org"}).status_code == 303
    assert Enquiry.objects.order_by("pk").last().signals == ["soft limit"]
    answer = ask("/consultation/", {"email": "late@example.org", "message": "Please call."})
    page = answer.content.decode()
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "Please call." in page
    assert "+1 614 555 0100" in page
    assert not Contact.objects.filter(email_index=None).exists()
    assert Enquiry.objects.count() == 3
    assert RateCounter.objects.filter(key__startswith="network_hard:").get().number == 4


def test_lead_30_the_way_on_keeps_the_request_until_its_link_is_pressed(ask, client, settings):
    settings.LEADS_RATES = {"network_hard": 0}
    data = {"email": "ann@example.org", "message": "Please call."}
    page = ask("/consultation/", data)
    assert page.status_code == 429
    assert 'name="way_on"' in page.content.decode()
    assert ask("/consultation/", {**data, "way_on": "Send me a link instead"}).status_code == 303
    held = Enquiry.objects.get()
    assert held.standing == "held"
    assert list(Delivery.objects.values_list("kind", flat=True)) == ["way_on"]
    from leads.links import way_on_url

    path = way_on_url(held).removeprefix(settings.SITE_URL)
    assert "Send my request off" in client.get(path).content.decode()
    assert Enquiry.objects.get().standing == "held", "reading changes nothing"
    client.post(path)
    client.post(path)
    assert Enquiry.objects.get().standing == "released"
    assert sorted(Delivery.objects.values_list("kind", flat=True)) == ["receipt", "way_on"]


def test_lead_31_a_limiter_that_fails_lets_requests_through(ask, monkeypatch, caplog):
    def fail(*args):
        raise DatabaseError("no such table")

    monkeypatch.setattr(limits, "_count", fail)
    monkeypatch.setattr(limits, "_last_report", -1000.0)
    for number in range(3):
        assert ask("/newsletter/", {"email": f"ann{number}@example.org"}).status_code == 303
    assert sum("limiter" in record.message for record in caplog.records) == 1
    assert SignUp.objects.count() == 3


def test_lead_32_limits_can_be_off_for_a_load_test_but_not_in_public(ask, settings):
    settings.LEADS_LIMITS = False
    settings.LEADS_RATES = {"network_hard": 0}
    assert ask("/newsletter/", {"email": "ann@example.org"}).status_code == 303
    with pytest.raises(SystemCheckError, match="LEADS_LIMITS is off"):
        call_command("check", "--deploy", "--fail-level", "ERROR")


def test_lead_28_counters_hold_no_network_and_go_after_two_days(ask):
    ask("/newsletter/", {"email": "ann@example.org"}, REMOTE_ADDR="203.0.113.77")
    keys = " ".join(RateCounter.objects.values_list("key", flat=True))
    assert "203.0.113" not in keys
    assert "ann" not in keys
    RateCounter.objects.update(began_at=timezone.now() - datetime.timedelta(hours=49))
    assert limits.forget_old() > 0
    assert not RateCounter.objects.exists()


def test_lead_34_an_address_gets_three_letters_a_day_however_many_forms_name_it(ask):
    for number in range(5):
        assert ask("/consultation/", {"email": "ann@example.org", "message": f"Number {number}"}).status_code == 303
    assert Enquiry.objects.count() == 5
    assert Delivery.objects.filter(kind="receipt").count() == 3
    assert "mail limit" in Enquiry.objects.order_by("pk").last().signals


def test_lead_11_known_and_unknown_addresses_get_the_same_answer(ask, client):
    from leads import subscribing
    from leads.erasing import erase

    ask("/newsletter/", {"email": "known@example.org"})
    subscribing.confirm(Subscription.objects.get())
    ask("/newsletter/", {"email": "left@example.org"})
    subscribing.stop_everything(Contact.objects.latest("pk"))
    ask("/newsletter/", {"email": "gone@example.org"})
    erase(Contact.objects.latest("pk"))
    answers = set()
    for name in ("known", "left", "gone", "new"):
        answer = ask("/newsletter/", {"email": f"{name}@example.org"})
        headers = {key: value for key, value in answer.items() if key != "X-Request-ID"}
        answers.add((answer.status_code, answer.content, tuple(sorted(headers.items()))))
    assert len(answers) == 1


def test_lead_14_no_address_of_the_network_is_stored(ask):
    from leads.models import Consent, ProofKey
    from leads.networks import destroy_old_keys, proof_of

    ask("/newsletter/", {"email": "ann@example.org"}, REMOTE_ADDR="203.0.113.77")
    entry = Consent.objects.get()
    assert entry.network == proof_of("203.0.113.0/24")
    ProofKey.objects.update(day=timezone.localdate() - datetime.timedelta(days=31))
    assert destroy_old_keys() == 1
    assert entry.network != proof_of("203.0.113.0/24"), "after 30 days nobody can tell"
