"""Clauses of LEAD-15, 16, 26, 28 and 34 that no other test holds to their whole."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from leads.limits import LIMITS
from leads.models import Consent, Enquiry, PacketRequest, RateCounter, SignUp, Subscription
from leads.wordings import Kind
from stemsite.access import Role
from stemsite.clinic.changing import add_wording
from stemsite.clinic.models import Wording
from stemsite.mail.models import Delivery
from tests.factories import make_user
from tests.markup import tree

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FORMS = ("/newsletter/", "/information-packet/", "/consultation/")
UNSOLICITED = ("confirm", "already_subscribed", "receipt", "way_on", "link")


def shown_version(client, path="/newsletter/"):
    return re.search(r'name="consent_version" value="([\d-]+)"', client.get(path).content.decode())[1]


def reworded(kind=Kind.CONSENT_NEWSLETTER):
    """As the owner does it in the admin; every stored page that holds the old one is renewed."""
    old = Wording.objects.current().get(kind=kind)
    values = {"kind": kind, "lead": old.lead, "text": f"{old.text} Newly said."}
    return old, add_wording(Wording(**values), by=make_user(Role.OWNER))


# -- LEAD-16: which words were agreed to ------------------------------------------------------


def test_lead_16_a_retired_wording_is_accepted_and_recorded_as_it_was_shown(ask, client):
    shown = shown_version(client)
    old, new = reworded()
    assert shown_version(client) != shown
    assert ask("/newsletter/", {"email": "ann@example.org", "consent_version": shown}).status_code == 303
    entry = Consent.objects.get(purpose="newsletter", action="given")
    assert (entry.wording_version, entry.wording_hash) == (old.version, old.digest)
    assert ask("/newsletter/", {"email": "bob@example.org"}).status_code == 303
    entry = Consent.objects.filter(purpose="newsletter", action="given").latest("pk")
    assert (entry.wording_version, entry.wording_hash) == (new.version, new.digest)


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("version", ["", "nonsense", "1-1-1-1-1-1-1-1-1", "0"])
def test_lead_16_without_a_known_wording_nothing_is_stored_and_the_current_one_is_shown(ask, client, path, version):
    answer = ask(path, {"email": "ann@example.org", "consent_version": version})
    assert answer.status_code == 422
    assert f'value="{shown_version(client, path)}"' in answer.content.decode()
    assert not any(model.objects.exists() for model in (SignUp, PacketRequest, Enquiry, Consent))


# -- LEAD-26: the field nobody fills in -------------------------------------------------------


@pytest.mark.parametrize("path", FORMS)
def test_lead_26_the_honeypot_is_left_alone_by_people_and_browsers(ask, client, path):
    root = tree(client.get(path))
    [field] = [element for element in root.iter("input") if element.get("name") == "reply_code"]
    [label] = [element for element in root.iter("label") if element.get("for") == field.get("id")]
    assert "Leave this field empty" in "".join(label.itertext())
    assert (field.get("tabindex"), field.get("autocomplete")) == ("-1", "off")
    assert not re.search(r"name|mail|phone|tel|address|url|company|zip|city", field.get("name"))


# -- LEAD-28: what is counted, and how often it may happen ------------------------------------


def test_lead_28_network_address_form_and_site_are_counted_in_the_database(ask):
    ask("/newsletter/", {"email": "ann@example.org"})
    counted = dict(RateCounter.objects.values_list("key", "number"))
    assert {key.partition(":")[0] for key in counted} >= {limit.name for limit in LIMITS}
    assert set(counted.values()) == {1}


def test_lead_28_the_defaults():
    stated = {limit.name: (limit.most, limit.seconds, limit.hard) for limit in LIMITS}
    assert stated | {"form_soft": None} == {
        "network_soft": (5, 600, False),
        "network_hard": (30, 3600, True),
        "address_soft": (5, 86400, False),
        "site_soft": (60, 60, False),
        "site_hard": (600, 60, True),
        "form_soft": None,
    }
    assert settings.LEADS_LIMITS


@pytest.mark.parametrize(("name", "answer"), [("address_soft", 303), ("site_soft", 303), ("site_hard", 429)])
def test_lead_28_each_limit_acts_on_its_own(ask, settings, one_window, name, answer):
    settings.LEADS_RATES = {name: 1}
    asked = [
        ask("/consultation/", {"email": "ann@example.org", "message": words}).status_code for words in ("One", "Two")
    ]
    assert asked == [303, answer]
    signals = [enquiry.signals for enquiry in Enquiry.objects.order_by("pk")]
    assert signals == ([[], ["soft limit"]] if answer == 303 else [[]])


# -- LEAD-34: letters that strangers can cause ------------------------------------------------


def test_lead_34_the_three_a_day_are_of_all_kinds_together(ask, client):
    """A confirmation, a receipt and a link: whoever names the address, by whatever form, there is no fourth."""
    ask("/newsletter/", {"email": "ann@example.org"})
    ask("/consultation/", {"email": "ann@example.org", "message": "One"})
    for _ in range(4):
        client.post("/link/", {"email": "ann@example.org"})
    assert Delivery.objects.filter(kind__in=UNSOLICITED).count() == 3
    ask("/consultation/", {"email": "ann@example.org", "message": "Two"})
    assert Delivery.objects.filter(kind__in=UNSOLICITED).count() == 3
    last = Enquiry.objects.latest("pk")
    assert (last.message, "mail limit" in last.signals) == ("Two", True), "stored, not mailed, and marked"
    assert Subscription.objects.get().state == "pending"
