"""What the product guarantees of section 9, rule by rule; the wordings are for counsel."""

from __future__ import annotations

import ast
import datetime
import logging
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings as site
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from leads import ledger, links, subscribing
from leads.models import Consent, Contact, PrivacyRequest, Subscription
from leads.pipeline import consenting
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.logs import JsonFormatter
from stemsite.mail.kinds import NotAnyMore, build, kinds
from stemsite.mail.models import Delivery
from stemsite.mail.suppressing import is_suppressed
from stemsite.tasks.models import Job
from tests.factories import make_contact, make_enquiry, make_user
from tests.markup import tree

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ROOT = Path(__file__).resolve().parents[2]
FORMS = ("/newsletter/", "/information-packet/", "/consultation/")
LOADS = (
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("link", "href"),
    ("source", "srcset"),
    ("form", "action"),
)
TALKS = {"http.client", "httpx2", "requests", "socket", "urllib.request", "urllib3", "ftplib", "aiohttp", "websockets"}
TRACES = ("quetzal", "5550177", "zyzzogeton")


def path(url: str) -> str:
    return url.removeprefix(site.SITE_URL)


def press(client, address: str, **values):
    return client.post(address, values)


# -- LEAD-113 ----------------------------------------------------------------------------


def test_lead_113_what_django_would_print_of_a_person_is_a_reference(ask, client):
    contact = make_contact(name="Quetzalcoatlina", email="quetzal@example.org", phone="+16145550177")
    make_enquiry(contact, message="Zyzzogeton", condition="zyzzogeton")
    answer = ask("/information-packet/", {"email": "quetzal@example.org", "name": "Quetzalcoatlina"})
    assert answer.status_code == 303
    rows = [row for model in apps.get_app_config("leads").get_models() for row in model._default_manager.all()]
    printed = " ".join(f"{row} {row!r}" for row in [*rows, *Delivery.objects.all(), *Job.objects.all()]).lower()
    assert str(contact) == contact.reference and contact.reference.lower() in printed
    assert [trace for trace in TRACES if trace in printed] == []
    assert not LogEntry.objects.exists()


def test_lead_113_an_error_in_a_form_names_its_place_and_nobody(ask, client, monkeypatch, caplog):
    """The exception itself holds the address, as an exception of a database does."""

    def burst(*args, **kwargs):
        raise RuntimeError("duplicate key (email)=(quetzal@example.org)")

    monkeypatch.setattr("leads.capture._store", burst)
    client.raise_request_exception = False
    with caplog.at_level(logging.DEBUG):
        answer = ask("/newsletter/", {"email": "quetzal@example.org"})
    assert answer.status_code >= 500
    written = " ".join(JsonFormatter().format(record) for record in caplog.records).lower()
    assert "runtimeerror" in written
    assert [trace for trace in TRACES if trace in written] == []


# -- LEAD-121: GDPR 7, 9, 12-17 -----------------------------------------------------------


def test_lead_121_leaving_takes_no_more_presses_than_joining_and_needs_no_login(ask, client):
    ask("/newsletter/", {"email": "ann@example.org"})
    subscription = Subscription.objects.get()
    press(client, path(links.confirm_url(subscription)))
    subscription.refresh_from_db()
    assert subscription.state == "confirmed", "two presses to join"
    press(client, path(links.leave_url(subscription)), **{"List-Unsubscribe": "One-Click"})
    subscription.refresh_from_db()
    assert subscription.state == "withdrawn", "one press to leave"


def test_lead_121_health_data_has_a_consent_of_its_own_and_is_not_kept_without(ask):
    """Its box, unticked, changes nothing else; what the box is for is not a condition of the rest."""
    values = {"email": "ann@example.org", "message": "Please answer."}
    assert ask("/consultation/", values).status_code == 303
    assert not Consent.objects.filter(purpose="health").exists()
    assert ask("/consultation/", {**values, "message": "Again", "consent_health": "on"}).status_code == 303
    entry = Consent.objects.get(purpose="health")
    assert (entry.action, entry.wording_kind) == ("given", "consent_health")


def test_lead_121_access_and_erasure_are_asked_on_one_page_and_have_a_day(ask, client):
    """LEAD-116 as well: 45 days at the most."""
    ask("/newsletter/", {"email": "ann@example.org"})
    contact = Contact.objects.get()
    address = path(links.preferences_url(contact))
    press(client, address, act="data")
    asked = PrivacyRequest.objects.get()
    assert 0 < (asked.due_on - asked.asked_at.date()).days <= 45
    press(client, address, act="erase for good")
    contact.refresh_from_db()
    assert contact.is_erased and contact.consents.exists(), "the proof stays, and names nobody"


# -- LEAD-123: state health-data law; LEAD-124: FTC, OCR on trackers --------------------------


@pytest.mark.parametrize("address", FORMS)
def test_lead_123_both_policies_are_linked_from_every_form(ask, client, address):
    found = {each.get("href") for each in tree(client.get(address)).iter("a")}
    assert {"/privacy/", "/health-data-policy/"} <= found


def test_lead_123_nothing_in_the_code_of_people_can_pass_them_on():
    """Letters go through the mail server, backups through the operator: no other code of theirs opens a connection."""
    talking = {}
    files = [*(ROOT / "leads").rglob("*.py"), *(ROOT / "stemsite" / "mail").rglob("*.py")]
    assert len(files) > 100
    for file in files:
        named = set()
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        if found := named & TALKS:
            talking[str(file.relative_to(ROOT))] = found
    assert talking == {"stemsite/mail/smtp.py": {"socket"}}


def test_lead_123_no_page_asks_where_somebody_is(client, ask):
    assert "geolocation=()" in client.get("/consultation/")["Permissions-Policy"]
    scripts = [*(ROOT / "static").rglob("*.js"), *(ROOT / "leads").rglob("*.js")]
    assert scripts and not any("geolocation" in script.read_text() for script in scripts)


def test_lead_124_pages_with_forms_and_what_follows_them_load_nothing_from_others(ask, client):
    ask("/newsletter/", {"email": "ann@example.org"})
    subscription = Subscription.objects.get()
    contact = subscription.contact
    tokens = (links.confirm_url(subscription), links.leave_url(subscription), links.preferences_url(contact))
    own = urlsplit(site.SITE_URL).hostname
    for address in (*FORMS, *(f"{form}thanks/" for form in FORMS), *map(path, tokens)):
        answer = client.get(address)
        policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'self'" or policy["default-src"] == "'none'", address
        root = tree(answer)
        hosts = {urlsplit(each.get(name, "")).hostname for tag, name in LOADS for each in root.iter(tag)}
        assert hosts <= {None, own}, address


def test_lead_124_letters_carry_no_picture_and_no_link_that_counts(clinic):
    """LEAD-65: what a mail program would fetch by itself, there is none of."""
    looked_at = 0
    for kind in kinds():
        if kind.sample is None:
            continue
        html = kind.sample().html
        looked_at += 1
        assert not re.search(r"<(img|iframe|script|link|object|video)\b|url\(|srcset|background=", html, re.I), (
            kind.name
        )
    assert looked_at > 10


# -- LEAD-125: TCPA -----------------------------------------------------------------------


def test_lead_125_a_call_needs_its_own_yes_and_a_word_on_the_phone_ends_it_at_once(ask):
    asked = {"phone": "+1 614 555 0100", "contact_by": "phone", "name": "Ann"}
    assert ask("/consultation/", asked).status_code == 303
    contact = Contact.objects.get()
    assert Consent.Purpose.CALL not in ledger.allowed(contact), "a number alone allows no call-back list"
    assert ask("/consultation/", {**asked, "message": "Please do", "consent_call": "on"}).status_code == 303
    assert Consent.Purpose.CALL in ledger.allowed(contact)
    coordinator = make_user(Role.COORDINATOR)
    consenting.withdraw_as_told(contact, purpose="call", told=consenting.Told(), by=coordinator)
    assert Consent.Purpose.CALL not in ledger.allowed(contact)
    entry = Consent.objects.latest("pk")
    assert (entry.action, entry.method, entry.operator) == ("withdrawn", "phone", coordinator)


@pytest.mark.parametrize("how", Consent.TOLD)
def test_lead_125_any_reasonable_way_of_taking_back_is_entered_and_holds_at_once(ask, client, how):
    """A call, a reply to a letter, a word at the desk: entered on the person's page with day and words, sealed."""
    ask(
        "/consultation/", {"phone": "+1 614 555 0100", "email": "ann@example.org", "consent_call": "on", "message": "x"}
    )
    contact, coordinator = Contact.objects.get(), make_user(Role.COORDINATOR)
    client.force_login(coordinator)
    address = f"/admin/leads/contact/{contact.pk}/withdraw/"
    typed = {"withdraw-purpose": "call", "withdraw-how": how, "withdraw-said": "Please do not ring me again."}
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    assert client.post(address, {**typed, "withdraw-told_on": tomorrow}).status_code == 422
    assert client.post(address, {**typed, "withdraw-how": "smoke"}).status_code == 422
    assert Consent.Purpose.CALL in ledger.allowed(contact)
    assert client.post(address, {**typed, "withdraw-told_on": yesterday}).status_code == 303
    assert Consent.Purpose.CALL not in ledger.allowed(contact)
    entry = Consent.objects.latest("pk")
    assert (entry.action, entry.method, entry.operator, entry.evidence_on) == ("withdrawn", how, coordinator, yesterday)
    assert entry.evidence == "Please do not ring me again."
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence FROM leads_consent WHERE id = %s", [entry.pk])
        assert "ring" not in cursor.fetchone()[0]
    event = AuditEvent.objects.filter(verb="took a consent back").latest("pk")
    assert (event.detail["how"], event.detail["purpose"]) == (how, "call")


def test_lead_125_one_word_stops_everything_whoever_hears_it(ask, client):
    values = {"email": "ann@example.org", "phone": "+1 614 555 0100", "message": "x"}
    ask("/consultation/", {**values, "consent_call": "on", "consent_newsletter": "on", "consent_health": "on"})
    contact = Contact.objects.get()
    waiting = Delivery.objects.filter(kind="confirm").get()
    client.force_login(make_user(Role.COORDINATOR))
    typed = {"withdraw-purpose": "everything", "withdraw-how": "mail"}
    assert client.post(f"/admin/leads/contact/{contact.pk}/withdraw/", typed).status_code == 303
    assert ledger.allowed(contact) == frozenset()
    assert not contact.subscriptions.open().exists()
    assert is_suppressed("ann@example.org")
    assert isinstance(build(waiting), NotAnyMore), "what was queued does not go (LEAD-38)"
    assert set(Consent.objects.filter(contact=contact, action="withdrawn").values_list("method", flat=True)) == {"mail"}


def test_lead_125_the_database_wants_to_know_who_entered_what_was_told(ask):
    ask("/newsletter/", {"email": "ann@example.org"})
    for how in Consent.TOLD:
        with pytest.raises(IntegrityError), transaction.atomic():
            Consent.objects.create(contact=Contact.objects.get(), purpose="call", action="withdrawn", method=how)


def test_lead_125_there_are_no_text_messages():
    """Neither a field nor a purpose, a kind of letter, a setting or a library (LEAD-05)."""
    names = [field.name for model in apps.get_app_config("leads").get_models() for field in model._meta.get_fields()]
    names += [*Consent.Purpose.values, *(kind.name for kind in kinds()), *dir(site)]
    assert not [name for name in names if re.search(r"sms|text_message|twilio|whatsapp", name, re.I)]
    wanted = (ROOT / "requirements.txt").read_text().lower()
    assert "twilio" not in wanted and "sms" not in wanted


def test_lead_125_taking_back_by_letter_counts_like_taking_back_by_phone(ask, client):
    ask(
        "/consultation/", {"phone": "+1 614 555 0100", "email": "ann@example.org", "consent_call": "on", "message": "x"}
    )
    contact = Contact.objects.get()
    press(client, path(links.preferences_url(contact)), act="withdraw call")
    assert Consent.Purpose.CALL not in ledger.allowed(contact)
    assert not subscribing.withdraw(contact, "call"), "it is over"
    assert build(Delivery.objects.filter(kind="receipt").get()), "what was asked for is still answered"
