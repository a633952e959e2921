"""What stands on a form's page before anything is sent, and what is kept of where it stood."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from leads import links
from leads.models import Enquiry, PacketRequest, SignUp, Subscription
from stemsite.clinic.models import Wording
from stemsite.mail.kinds import build
from stemsite.mail.models import Delivery
from tests.markup import tree, with_class, words

pytestmark = pytest.mark.django_db

FORMS = ("/newsletter/", "/information-packet/", "/consultation/")
CARRIED = {
    "consent_version", "nonce", "elapsed_ms", "page", "page_version", "placement", "ref_host",
    "utm_source", "utm_medium", "utm_campaign", "utm_content", "reply_code",
}  # fmt: skip
ASKED = {
    "/newsletter/": {"email"},
    "/information-packet/": {"email", "name", "consent_newsletter"},
    "/consultation/": {
        "name", "email", "phone", "contact_by", "best_time", "message",
        "consent_call", "consent_health", "consent_newsletter",
    },
}  # fmt: skip


@pytest.fixture
def page(ask, client):
    return lambda path: tree(client.get(path))


def fields(root):
    tags = ("input", "textarea", "select")
    return [element for tag in tags for element in root.iter(tag) if element.get("name")]


@pytest.mark.parametrize("path", FORMS)
def test_lead_04_a_form_asks_for_no_more_than_it_needs(page, path):
    """PAGE-66: the condition field is off by default, and nothing but the address is required."""
    names = {element.get("name") for element in fields(page(path)) if element.get("name") != "q"}
    assert names - CARRIED == ASKED[path]


@pytest.mark.parametrize("path", FORMS)
def test_lead_05_every_box_is_unticked(page, path):
    boxes = [element for element in fields(page(path)) if element.get("type") == "checkbox"]
    assert [box.get("name") for box in boxes if "checked" in box.attrib] == []


@pytest.mark.parametrize("path", FORMS)
def test_lead_06_before_the_button_stands_who_why_how_long_and_that_mail_is_no_secret(page, path):
    root = page(path)
    order = list(root.iter())
    [before] = with_class(root, "before")
    said = words(before)
    assert "Example Clinic" in said
    assert re.search(r"erase|until you leave", said)
    assert "E-mail is not a secure channel" in said and "not for emergencies" in said
    assert {"/privacy/", "/health-data-policy/"} <= {link.get("href") for link in before.iter("a")}
    buttons = [element for element in order if element.tag in {"input", "button"} and element.get("type") == "submit"]
    assert order.index(before) < order.index(buttons[-1])


def test_lead_06_the_message_box_asks_for_no_medical_details(page):
    assert "do not send medical details" in words(page("/consultation/"))


@pytest.mark.parametrize("path", FORMS)
def test_lead_15_64_one_form_a_page_and_nothing_that_opens_by_itself(page, path):
    root = page(path)
    posting = [form for form in root.iter("form") if form.get("method", "").lower() == "post"]
    assert len(posting) == 1
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert [element for element in root.iter("dialog") if "open" in element.attrib] == []


@pytest.mark.parametrize("path", FORMS)
def test_lead_19_a_form_page_sends_its_own_origin_along(ask, client, path):
    assert client.get(path)["Referrer-Policy"] == "same-origin"


def test_lead_13_the_source_is_kept_in_short_and_under_seal(ask):
    ask(
        "/newsletter/",
        {
            "email": "ann@example.org",
            "page": "/conditions/als/?q=ann#harms",
            "page_version": "12",
            "placement": "foot",
            "ref_host": "News.Example",
            "utm_source": "letter",
            "utm_campaign": "c" * 200,
            "utm_term": "als cure",
        },
    )
    assert SignUp.objects.get().source == {
        "page": "/conditions/als/",
        "page_version": "12",
        "placement": "foot",
        "ref_host": "news.example",
        "utm_source": "letter",
        "utm_campaign": "c" * 80,
    }


def test_lead_13_a_referrer_that_is_a_whole_address_is_dropped(ask):
    ask("/newsletter/", {"email": "ann@example.org", "ref_host": "https://search.example/?q=als", "page": "//x/"})
    assert SignUp.objects.get().source == {}


@pytest.mark.parametrize("headers", [{}, {"origin": "null"}, {"origin": "https://mail.example"}])
def test_lead_20_the_token_is_the_authority_on_its_page(ask, headers):
    """Mail providers post without an origin, or with their own."""
    ask("/newsletter/", {"email": "ann@example.org"})
    address = re.sub(r"^https?://[^/]+", "", links.confirm_url(Subscription.objects.get()))
    assert Client().post(address, headers=headers).status_code == 200
    assert Subscription.objects.get().state == "confirmed"


def test_lead_37_a_wording_that_was_shown_never_changes(ask):
    shown = Wording.objects.get(kind=Wording.Kind.CONSENT_NEWSLETTER, version=1)
    shown.text = "We may also call you."
    with pytest.raises((ValidationError, TypeError)):
        shown.save()
    assert Wording.objects.get(pk=shown.pk).text != "We may also call you."


@pytest.mark.parametrize(
    ("path", "data", "kind"),
    [
        ("/newsletter/", {}, "confirm"),
        ("/consultation/", {"contact_by": "email"}, "receipt"),
    ],
)
def test_lead_52_a_letter_that_was_asked_for_says_why_it_came_and_how_to_stop(ask, path, data, kind):
    ask(path, {"email": "ann@example.org", **data})
    letter = build(Delivery.objects.get(kind=kind))
    assert not any(name.lower().startswith("list-") for name in letter.headers)
    assert "You get this letter because" in letter.text
    assert "/p/" in letter.text


@pytest.mark.parametrize("path", FORMS)
def test_page_44_after_sending_the_address_says_nothing_and_success_was_not_on_the_form(ask, client, path):
    before = client.get(path).content.decode()
    answer = ask(path, {"email": "ann@example.org", "name": "Ann", "contact_by": "email"})
    assert (answer.status_code, answer["Location"]) == (303, f"{path}thanks/")
    thanks = tree(client.get(f"{path}thanks/"))
    heading = words(next(thanks.iter("h1")))
    assert heading and heading not in before
    assert len(with_class(thanks, "steps")[0].findall("{*}li") or with_class(thanks, "steps")[0].findall("li")) == 3
    assert sum(model.objects.count() for model in (SignUp, PacketRequest, Enquiry)) == 1
