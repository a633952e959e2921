"""A form sent many times at once is one request, one set of letters, and a success for everybody (LEAD-22, LEAD-24)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from leads.models import Consent, Contact, Enquiry, PacketRequest, RateCounter, SignUp, Subscription, TimelineEntry
from stemsite.mail.models import Delivery

pytestmark = [pytest.mark.race, pytest.mark.database, pytest.mark.slow]

PRESSES = 20
NONCE = "3f0e8f0a-0000-4000-8000-000000000000"
MODELS = {"/newsletter/": SignUp, "/information-packet/": PacketRequest, "/consultation/": Enquiry}
CONSENTS = ["newsletter", "packet"]
LETTERS = {"/newsletter/": ["confirm"], "/information-packet/": ["packet"], "/consultation/": ["receipt"]}


@pytest.fixture
def post(real, settings):
    """Gives back a call that posts a form as a browser does, from a client of its own.

    The limiter's counters would put all senders in one queue; without them the constraints stand alone.
    """
    settings.LEADS_LIMITS = False
    versions = {}
    for path in MODELS:
        page = Client().get(path).content.decode()
        versions[path] = re.search(r'name="consent_version" value="([\d-]+)"', page)[1]

    def made(path, **values):
        data = {"consent_version": versions[path], **values}
        return lambda: Client().post(path, data, headers={"sec-fetch-site": "same-origin"}).status_code

    return made


def letters():
    return sorted(Delivery.objects.values_list("kind", flat=True))


@pytest.mark.parametrize("limits", [True, False], ids=["limits on", "limits off"])
def test_lead_22_twenty_identical_posts_at_once_are_one_row_and_one_set_of_letters(post, at_once, settings, limits):
    settings.LEADS_LIMITS = limits
    expected = []
    for path, model in MODELS.items():
        call = post(path, email=f"{model.CODE}@example.org", nonce=NONCE)
        assert at_once(*[call] * PRESSES) == [303] * PRESSES
        expected = sorted([*expected, *LETTERS[path]])
        assert (model.objects.count(), letters()) == (1, expected)
        if limits:
            RateCounter.objects.all().delete()
    assert Contact.objects.count() == TimelineEntry.objects.filter(kind="request").count() == 3
    assert Subscription.objects.count() == 1
    assert sorted(Consent.objects.values_list("purpose", flat=True)) == CONSENTS


def test_lead_22_presses_of_someone_known_are_one_row_too(post, at_once):
    assert post("/newsletter/", email="ann@example.org")() == 303
    call = post("/information-packet/", email="ann@example.org", nonce=NONCE)
    assert at_once(*[call] * PRESSES) == [303] * PRESSES
    assert (Contact.objects.count(), PacketRequest.objects.count()) == (1, 1)
    assert letters() == ["confirm", "packet"]


def test_lead_24_without_a_nonce_two_that_arrive_together_are_one_row(post, at_once):
    for path, model in MODELS.items():
        for number in range(5):
            call = post(path, email=f"{model.CODE}{number}@example.org")
            assert at_once(call, call) == [303, 303]
            assert model.objects.count() == number + 1
    assert letters() == sorted(kind for path in MODELS for kind in LETTERS[path] * 5)


def test_lead_23_and_24_what_differs_at_the_same_moment_is_a_second_request(post, at_once):
    """Other words are a second request of one contact; one nonce with another address is one of another contact."""
    calls = [post("/consultation/", email="ann@example.org", message=words) for words in ("First.", "Second.")]
    assert at_once(*calls) == [303, 303]
    assert (Contact.objects.count(), Enquiry.objects.count()) == (1, 2)
    calls = [post("/information-packet/", email=f"{name}@example.org", nonce=NONCE) for name in ("ben", "benno")]
    assert at_once(*calls) == [303, 303]
    assert (Contact.objects.count(), PacketRequest.objects.count()) == (3, 2)


def test_lead_17_and_22_a_number_alone_sent_many_times_at_once_is_one_contact_and_one_row(post, at_once):
    call = post("/consultation/", phone="614 555 0123", message="Please call.", nonce=NONCE)
    assert at_once(*[call] * PRESSES) == [303] * PRESSES
    assert (Contact.objects.count(), Enquiry.objects.count()) == (1, 1)
    assert (
        at_once(post("/consultation/", phone="6145550124"), post("/consultation/", phone="(614) 555-0124")) == [303] * 2
    )
    assert (Contact.objects.count(), Enquiry.objects.count()) == (2, 2)
