"""Clauses of LEAD-43 to LEAD-56, LEAD-104 to LEAD-123, PAGE-45 and PAGE-46 that no other test holds to their whole."""

from __future__ import annotations

import datetime
import re
from unittest import mock

import pytest
from django.conf import settings as site
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from leads import erasing, links, subscribing
from leads.models import (
    Consent,
    Contact,
    Enquiry,
    PacketCopy,
    PacketRequest,
    SignUp,
    Subscription,
    TimelineEntry,
)
from leads.packets import sending as packet_letters
from leads.systemchecks import check_length_of_links
from stemsite.access import Role
from stemsite.crypto import SealedJSONField, SealedTextField
from stemsite.mail import smtp
from stemsite.mail.kinds import kinds
from stemsite.mail.models import Delivery
from stemsite.mail.sending import LEASE
from stemsite.mail.suppressing import is_suppressed
from stemsite.tokens import make_short_token
from tests.factories import make_condition, make_contact, make_packet, make_packet_request, make_user, sign_and_publish
from tests.markup import tree, words
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAY = datetime.timedelta(days=1)


def path(url: str) -> str:
    return url.removeprefix(site.SITE_URL)


def moved(by: datetime.timedelta):
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + by)


@pytest.fixture
def reader(ask) -> Subscription:
    """On the list since a moment ago."""
    ask("/newsletter/", {"email": "ann@example.org"})
    subscription = Subscription.objects.get()
    assert subscribing.confirm(subscription)
    subscription.refresh_from_db()
    return subscription


@pytest.fixture
def addresses(reader) -> dict[str, str]:
    """One of each kind of link, by its letter; the first waits for confirmation."""
    waiting = Subscription.objects.create(contact=make_contact(email="bob@example.org"))
    held = SignUp.objects.create(contact=waiting.contact, standing="held", wants_newsletter=True)
    return {
        "c": path(links.confirm_url(waiting)),
        "u": path(links.leave_url(reader)),
        "p": path(links.preferences_url(reader.contact)),
        "x": path(links.way_on_url(held)),
    }


def everything():
    models = (Consent, Subscription, Contact, SignUp, Delivery, TimelineEntry)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


# -- LEAD-44, LEAD-46, PAGE-45 -----------------------------------------------------------------------


@pytest.mark.parametrize("letter", ["c", "u", "p", "x"])
def test_lead_44_looking_at_any_link_in_any_way_changes_nothing(addresses, client, letter):
    before = everything()
    for method in ("get", "head", "options", "get"):
        assert getattr(client, method)(addresses[letter]).status_code in {200, 405}
    assert everything() == before
    assert client.get(addresses[letter]).status_code == 200, "looking burns no link"


@pytest.mark.parametrize("letter", ["c", "u", "p", "x"])
def test_page_45_a_page_of_a_link_loads_nothing_but_style_and_runs_nothing(addresses, client, letter):
    root = tree(client.get(addresses[letter]))
    assert [each.get("src") or each.get("type") for each in root.iter("script") if each.get("src")] == []
    assert {each.get("rel") for each in root.iter("link")} <= {"stylesheet", "icon", "canonical", "alternate"}
    assert not [tag for tag in ("img", "iframe", "video", "object") if list(root.iter(tag))]


@pytest.mark.parametrize("letter", ["c", "u", "x"])
def test_page_45_it_shows_what_will_happen_and_one_button_and_nothing_of_the_person(addresses, client, letter):
    answer = client.get(addresses[letter])
    forms = [form for form in tree(answer).iter("form") if form.get("method", "").lower() == "post"]
    (form,) = forms
    pressed = [each for tag in ("button", "input") for each in form.iter(tag) if each.get("type") == "submit"]
    assert len(pressed) == 1
    assert not re.search(r"ann@example|bob@example", answer.content.decode())


def test_lead_46_no_line_of_the_log_holds_a_token(addresses, client, caplog):
    from stemsite.logs import JsonFormatter

    with caplog.at_level("DEBUG"), caplog.at_level("INFO", logger="stemsite.requests"):
        for address in addresses.values():
            client.get(address)
            client.post(address)
            client.get(f"{address}x")
    written = " ".join(JsonFormatter().format(record) for record in caplog.records)
    assert "<str:token>" in written, "each request has its line, with the pattern of its address"
    assert not [address for address in addresses.values() if address.rpartition("/")[2] in written]


# -- LEAD-45 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("letter", "days"), [("c", 7), ("u", 400), ("p", 30), ("d", 30), ("x", 7)])
def test_lead_45_each_link_lives_as_long_as_it_should(letter, days):
    assert links.GOOD_FOR[letter] == days * DAY
    token = make_short_token(letter, 7)
    with moved(days * DAY - datetime.timedelta(hours=1)):
        assert links.row_of(letter, token) == 7
    with moved(days * DAY + datetime.timedelta(hours=3)), pytest.raises(links.TokenRefused):
        links.row_of(letter, token)


def test_lead_45_a_token_opens_its_own_purpose_and_row_alone():
    token = make_short_token("u", 7)
    for letter in links.GOOD_FOR.keys() - {"u"}:
        with pytest.raises(links.TokenRefused):
            links.row_of(letter, token)
        with pytest.raises(links.TokenRefused):
            links.row_of(letter, f"{letter}{token[1:]}")
    with pytest.raises(links.TokenRefused):
        links.row_of("u", f"u8{token[2:]}")


# -- LEAD-47, LEAD-51, PAGE-46 --------------------------------------------------------------------------


def test_lead_47_letters_stand_there_and_one_press_stops_everything(reader, client):
    address = path(links.preferences_url(reader.contact))
    assert "Newsletter: please confirm" in words(tree(client.get(address)).find("body"))
    client.post(address, {"act": "stop"})
    assert is_suppressed("ann@example.org")
    assert not Consent.objects.allowing().exists() and not Subscription.objects.open().exists()


@pytest.mark.parametrize("purpose", ["call", "health"])
def test_lead_47_each_consent_is_taken_back_by_itself(ask, client, purpose):
    boxes = {"consent_call": "on", "consent_health": "on"}
    ask("/consultation/", {"email": "ann@example.org", "phone": "614 555 0100", **boxes})
    address = path(links.preferences_url(Contact.objects.get()))
    client.post(address, {"act": f"withdraw {purpose}"})
    left = set(Consent.objects.allowing().values_list("purpose", flat=True))
    assert left == {"call", "health"} - {purpose}


def test_lead_47_with_consent_topics_of_a_condition_are_plain_checkboxes_too(reader, client):
    from articles.models import Topic
    from leads import ledger
    from stemsite.clinic.models import Wording

    said = {Wording.Kind.CONSENT_HEALTH: Wording.objects.current().get(kind=Wording.Kind.CONSENT_HEALTH)}
    make_condition()
    Topic.objects.create(name="News on ALS", slug="als-news")
    ledger.enter(reader.contact, "health", "given", ledger.Circumstances(method="form", wordings=said))
    address = path(links.preferences_url(reader.contact))
    boxes = [each for each in tree(client.get(address)).iter("input") if each.get("name") == "topic"]
    assert [(box.get("type"), box.get("value")) for box in boxes] == [("checkbox", "als-news")]
    client.post(address, {"act": "topics", "topic": ["als-news"]})
    assert Subscription.objects.get().topics == ["als-news"]


def test_lead_51_leaving_is_entered_in_ledger_and_timeline_and_offers_more(reader, client):
    address = path(links.leave_url(reader))
    page = client.post(address, {"List-Unsubscribe": "One-Click"})
    assert Consent.objects.latest("pk").action == "withdrawn"
    assert TimelineEntry.objects.filter(kind="consent").latest("pk").text == str(Consent.objects.latest("pk"))
    offered = {each.get("name") for each in tree(page).iter("button")} | {
        each.get("name") for each in tree(page).iter("input")
    }
    assert {"undo", "stop"} <= offered


def test_lead_50_a_mail_program_is_answered_without_redirect_whatever_it_calls_itself(reader):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        path(links.leave_url(reader)),
        {"List-Unsubscribe": "One-Click"},
        headers={"user-agent": "x", "origin": "https://mail.example", "sec-fetch-site": "cross-site"},
    )
    assert (answer.status_code, answer.has_header("Location"), answer.cookies) == (200, False, {})
    assert Subscription.objects.get().state == "withdrawn"


# -- LEAD-43, LEAD-49, LEAD-52 --------------------------------------------------------------------------


def test_lead_43_nobody_is_reminded_of_a_sign_up(ask):
    """At most one reminder, off by default: there is none at all."""
    assert not [kind.name for kind in kinds() if "remind" in kind.name]


@pytest.mark.parametrize(("host", "fits"), [("https://clinic.example", True), (f"https://{'a' * 40}.example", False)])
def test_lead_49_an_address_too_long_for_one_click_stops_the_start(settings, host, fits):
    settings.SITE_URL, settings.IS_TRIAL = host, False
    assert [error.id for error in check_length_of_links(None)] == ([] if fits else ["leads.E002"])
    assert (len(links.leave_url(Subscription(pk=10**9))) <= 74) is fits


def test_lead_52_the_letter_of_the_packet_says_why_it_came_and_how_to_stop_further_mail():
    packet = make_packet()
    sign_and_publish(packet)
    asked = make_packet_request(make_contact(email="ann@example.org"), packet="")
    delivery = Delivery.objects.create(kind="packet", reference=asked.reference, message_id="<1@x>")
    with mock.patch("leads.packets.sending.packet_to_send", return_value=packet):
        letter = packet_letters.packet(delivery)
    assert not any(name.lower().startswith("list-") for name in letter.headers)
    assert "You get this letter because" in letter.text and "/p/" in letter.text


# -- LEAD-53, LEAD-56 ------------------------------------------------------------------------------------


def test_lead_53_the_database_takes_one_letter_of_a_kind_for_a_reference():
    Delivery.objects.create(kind="receipt", reference="e1", message_id="<1@x>")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(kind="receipt", reference="e1", message_id="<2@x>")


def test_lead_56_the_lease_outlives_the_longest_hand_over():
    assert datetime.timedelta(seconds=120) == LEASE
    assert (smtp.TIMEOUT, smtp.PATIENCE) == (15, 60)
    assert LEASE.total_seconds() > smtp.PATIENCE + smtp.TIMEOUT


# -- LEAD-104, LEAD-107, LEAD-115, LEAD-123 ---------------------------------------------------------------


def test_lead_104_the_figures_tell_of_letters_that_wait_failed_came_back_and_of_complaints(ask):
    from stemsite.mail.models import Suppression
    from stemsite.mail.suppressing import suppress

    now = timezone.now()
    common = {"kind": "receipt", "finished_at": now}
    Delivery.objects.create(reference="e1", message_id="<1@x>", state="failed", **common)
    Delivery.objects.create(reference="e2", message_id="<2@x>", state="failed", bounced_at=now, **common)
    Delivery.objects.create(kind="receipt", reference="e3", message_id="<3@x>", due_at=now - DAY)
    Delivery.objects.filter(reference="e3").update(queued_at=now - DAY)
    suppress("cyd@example.org", Suppression.Reason.COMPLAINT)
    desk = signed_in(Role.COORDINATOR)
    root = tree(desk.get("/admin/leads/contact/figures/"))
    shown = {words(each.find("dt")): words(each.find("dd")) for each in root.iter("div") if each.find("dt") is not None}
    assert (shown["Letters failed"], shown["Letters that came back"], shown["Complaints"]) == ("2", "1", "1")
    assert shown["Oldest letter not sent"].startswith("1 day")
    assert "In quarantine" in words(root.find("body"))


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (Contact, {"name", "email", "phone"}),
        (Enquiry, {"name", "phone", "message", "best_time", "condition", "source"}),
        (PacketRequest, {"name", "condition", "source", "packet", "packet_version"}),
        (SignUp, {"name", "condition", "source"}),
        (Consent, {"page_path", "page_version", "evidence"}),
        (TimelineEntry, {"text"}),
        (Subscription, {"topics"}),
        (PacketCopy, {"version", "content_hash"}),
        (Delivery, {"recipient", "pin", "letter"}),
    ],
)
def test_lead_107_what_names_a_person_or_betrays_a_condition_is_a_sealed_column(model, names):
    sealed = {field.name for field in model._meta.fields if isinstance(field, SealedTextField | SealedJSONField)}
    assert names <= sealed
    clear = [field for field in model._meta.fields if field.is_relation]
    assert not [field.name for field in clear if field.related_model._meta.app_label in {"articles", "studies"}]


@pytest.mark.django_db(transaction=True)
def test_lead_115_what_is_erased_is_overwritten_in_the_file(settings, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL frees rows by VACUUM")
    settings.DATA_DIR = tmp_path
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=OFF")
    erasing.erase(make_contact(), by=make_user(Role.OWNER))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone()[0] == 1


def test_lead_123_the_health_data_policy_is_linked_from_the_home_page(ask, client):
    assert "/health-data-policy/" in {each.get("href") for each in tree(client.get("/")).iter("a")}
