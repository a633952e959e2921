"""What a form sends is stored whole or not at all, once, and answered alike for everyone."""

from __future__ import annotations

import pytest

from leads.models import Consent, Contact, Enquiry, PacketRequest, SignUp, Subscription, TimelineEntry
from stemsite.mail.models import Delivery

pytestmark = pytest.mark.django_db

PATHS = ("/newsletter/", "/information-packet/", "/consultation/")


def kinds():
    return sorted(Delivery.objects.values_list("kind", flat=True))


def test_lead_01_a_packet_request_writes_contact_request_consent_timeline_and_letter(ask):
    answer = ask("/information-packet/", {"email": "Ann@Example.org", "name": "Ann"})
    assert (answer.status_code, answer["Location"]) == (303, "/information-packet/thanks/")
    contact = Contact.objects.get()
    assert (contact.email, contact.name) == ("Ann@example.org", "Ann")
    request = PacketRequest.objects.get()
    assert (request.contact, request.standing, request.name) == (contact, "accepted", "Ann")
    entry = Consent.objects.get()
    assert (entry.purpose, entry.action, entry.wording_version, entry.method) == ("packet", "given", 1, "form")
    assert set(TimelineEntry.objects.values_list("kind", flat=True)) == {"request", "consent"}
    assert kinds() == ["packet"]


def test_lead_05_asking_for_the_packet_never_subscribes(ask):
    ask("/information-packet/", {"email": "ann@example.org"})
    assert not Subscription.objects.exists()
    ask("/information-packet/", {"email": "ben@example.org", "consent_newsletter": "on"})
    assert Subscription.objects.get().state == "pending"


def test_lead_43_a_sign_up_is_pending_and_gets_one_confirmation(ask):
    assert ask("/newsletter/", {"email": "ann@example.org"}).status_code == 303
    assert SignUp.objects.count() == 1
    assert Subscription.objects.get().state == "pending"
    assert kinds() == ["confirm"]


def test_lead_17_a_consultation_is_an_enquiry_with_receipt(ask):
    data = {"email": "ann@example.org", "message": "May we talk?", "consent_call": "on", "phone": "614 555 0100"}
    assert ask("/consultation/", data).status_code == 303
    enquiry = Enquiry.objects.get()
    assert (enquiry.message, enquiry.phone, enquiry.status) == ("May we talk?", "+16145550100", "new")
    assert kinds() == ["receipt"]
    assert Consent.objects.get().purpose == "call"


def test_lead_17_a_number_alone_is_enough_and_is_recognized(ask):
    for message in ("First.", "Second."):
        assert ask("/consultation/", {"phone": "(614) 555-0100", "message": message}).status_code == 303
    assert Contact.objects.count() == 1
    assert Enquiry.objects.count() == 2
    assert kinds() == []


@pytest.mark.parametrize("path", PATHS)
def test_lead_07_what_is_wrong_is_said_and_everything_typed_stays(ask, path):
    data = {"email": "ann@", "name": "Ann", "message": "Hello", "consent_newsletter": "on"}
    answer = ask(path, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "no-store" in answer["Cache-Control"]
    assert 'value="ann@"' in page
    assert "Write the address like this" in page
    if path != "/newsletter/":
        assert 'value="Ann"' in page
        assert "checked" in page
    assert not Contact.objects.exists()


@pytest.mark.parametrize("path", PATHS)
def test_lead_16_an_unknown_wording_is_refused_with_the_current_one(ask, path):
    answer = ask(path, {"email": "ann@example.org", "consent_version": "999999"})
    assert answer.status_code == 422
    assert "has changed since this page was opened" in answer.content.decode()
    assert 'value="999999"' not in answer.content.decode()
    assert not Contact.objects.exists()


def test_lead_22_the_same_nonce_twice_is_one_row_and_one_letter(ask):
    """PUB-135: a double click makes one record."""
    data = {"email": "ann@example.org", "nonce": "3f0e8f0a-0000-4000-8000-000000000000"}
    assert [ask("/information-packet/", data).status_code for _ in range(3)] == [303, 303, 303]
    assert PacketRequest.objects.count() == 1
    assert kinds() == ["packet"]


def test_lead_23_the_same_nonce_with_another_address_is_another_request(ask):
    for email in ("ann@example.org", "anna@example.org"):
        ask("/information-packet/", {"email": email, "nonce": "n1"})
    assert PacketRequest.objects.count() == 2


def test_lead_24_without_a_nonce_the_same_content_is_one_row(ask):
    for name in ("Ann", "Ann", "Anna"):
        ask("/information-packet/", {"email": "ann@example.org", "name": name})
    assert PacketRequest.objects.count() == 2
    assert Contact.objects.count() == 1


def test_lead_24_a_malformed_nonce_counts_as_none(ask):
    for _ in range(2):
        assert ask("/newsletter/", {"email": "ann@example.org", "nonce": "x" * 65}).status_code == 303
    assert SignUp.objects.get().nonce == ""


@pytest.mark.parametrize("path", PATHS)
def test_lead_03_a_page_with_a_form_is_the_same_for_everyone_and_sets_no_cookie(ask, client, path):
    first, second = client.get(path), client.get(path)
    assert first.content == second.content
    assert first["Cache-Control"] == "public, no-cache"
    assert not first.cookies
    assert "Cookie" not in first["Vary"]
    assert "csrfmiddlewaretoken" not in first.content.decode()
    assert first["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PATHS)
def test_lead_12_the_thanks_page_is_constant(ask, client, path):
    answer = client.get(f"{path}thanks/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, no-cache"
    assert "autofocus" in answer.content.decode()
