"""Clauses of LEAD-01 to LEAD-34, PAGE-44 and PAGE-64 to PAGE-66 that no other test holds to their whole."""

from __future__ import annotations

import datetime
import logging
from unittest import mock

import pytest
from django.conf import settings as site
from django.db import OperationalError, connection
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from django.views.debug import SafeExceptionReporterFilter

from articles.models import ActionSection
from leads import spam
from leads.models import Consent, Contact, Enquiry, PacketRequest, SignUp, Subscription
from leads.wordings import Kind
from stemsite.access import Role
from stemsite.clinic.changing import add_wording
from stemsite.clinic.models import Clinic, Wording
from stemsite.clinic.remembered import Reach, remember
from stemsite.logs import JsonFormatter
from stemsite.mail.models import Delivery
from stemsite.serving.models import StoredPage
from tests.factories import make_clinic, make_guide, make_user, sign_and_publish
from tests.markup import one, tree, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FORMS = ("/newsletter/", "/information-packet/", "/consultation/")
ROWS = (SignUp, PacketRequest, Enquiry)


def field(root, name):
    (found,) = [each for tag in ("input", "textarea", "select") for each in root.iter(tag) if each.get("name") == name]
    return found


def label_of(root, name):
    (found,) = [each for each in root.iter("label") if each.get("for") == field(root, name).get("id")]
    return found


def stored() -> int:
    return sum(model.objects.count() for model in ROWS)


def later(**delta):
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + datetime.timedelta(**delta))


def reworded(kind, *, lead="", text=""):
    old = Wording.objects.current().get(kind=kind)
    return add_wording(Wording(kind=kind, lead=lead or old.lead, text=text or old.text), by=make_user(Role.OWNER))


# -- LEAD-01 ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", FORMS)
def test_lead_01_a_commit_that_fails_is_no_success_and_keeps_what_was_typed(ask, path, monkeypatch):
    ask("/newsletter/", {"email": "first@example.org"})
    before, typed = stored(), {"email": "ann@example.org", "name": "Ann", "consent_newsletter": "on"}

    def refuse():
        raise OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_commit", refuse)
        answer = ask(path, typed)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert 'value="ann@example.org"' in page and "This was not sent" in page and "+1 614 555 0100" in page
    assert stored() == before
    assert ask(path, typed).status_code == 303 and stored() == before + 1


# -- LEAD-02, PAGE-65: what a field says of itself ------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name", "token"),
    [
        ("/newsletter/", "email", "email"),
        ("/information-packet/", "email", "email"),
        ("/information-packet/", "name", "given-name"),
        ("/consultation/", "email", "email"),
        ("/consultation/", "name", "name"),
        ("/consultation/", "phone", "tel"),
    ],
)
def test_lead_02_fields_have_a_visible_label_and_tell_browsers_what_they_are_for(ask, client, path, name, token):
    root = tree(client.get(path))
    assert field(root, name).get("autocomplete") == token
    label = label_of(root, name)
    assert words(label) and "vh" not in (label.get("class") or "").split()


def test_lead_02_what_is_required_is_said_in_words(ask, client):
    for path in ("/newsletter/", "/information-packet/"):
        root = tree(client.get(path))
        assert words(label_of(root, "email")).endswith("(required)")
    root = tree(client.get("/consultation/"))
    assert not words(label_of(root, "email")).endswith("(required)")
    assert "or a phone number is enough" in words(root.find("body"))


@pytest.mark.parametrize("path", FORMS)
def test_lead_02_an_error_is_in_the_summary_with_a_link_and_at_its_field(ask, path):
    root = tree(ask(path, {"email": "ann@"}))
    wrong = field(root, "email")
    summary = one(root, "form-errors")
    assert f"#{wrong.get('id')}" in {link.get("href") for link in summary.iter("a")}
    assert (summary.get("tabindex"), wrong.get("aria-invalid")) == ("-1", "true")
    told = {each.get("id"): words(each) for each in root.iter() if each.get("id")}
    assert any("Write the address like this" in told[name] for name in wrong.get("aria-describedby").split())


@pytest.mark.parametrize("path", FORMS)
def test_lead_03_the_policy_of_a_form_names_this_site_alone(ask, client, path):
    policy = client.get(path)["Content-Security-Policy"]
    found = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    for name in ("default-src", "connect-src", "form-action"):
        assert found.get(name, found["default-src"] if name == "connect-src" else "") == "'self'", name


# -- LEAD-04, LEAD-05: least data, and no box is a condition of another ----------------------------


def test_lead_04_a_consultation_needs_one_way_to_answer(ask):
    answer = ask("/consultation/", {"name": "Ann", "message": "May we talk?"})
    assert answer.status_code == 422 and not stored()
    assert "an e-mail address here or a phone number" in answer.content.decode()


def test_lead_04_the_condition_is_asked_where_the_clinic_wants_it_with_a_consent_of_its_own(ask, client):
    sign_and_publish(make_guide(slug="als"))
    Clinic.objects.update(asks_condition=True)
    root = tree(client.get("/information-packet/"))
    assert {"condition", "consent_health"} <= {
        each.get("name") for tag in ("select", "input") for each in root.iter(tag)
    }
    assert not words(label_of(root, "condition")).endswith("(required)")
    answer = ask("/information-packet/", {"email": "ann@example.org", "condition": "als"})
    assert answer.status_code == 422 and not stored(), "a choice without its consent is not kept"
    assert ask("/information-packet/", {"email": "ann@example.org"}).status_code == 303
    chosen = {"email": "bob@example.org", "condition": "als", "consent_health": "on"}
    assert ask("/information-packet/", chosen).status_code == 303
    assert [row.condition for row in PacketRequest.objects.order_by("pk")] == ["", "als"]
    assert Consent.objects.filter(purpose="health").count() == 1


@pytest.mark.parametrize("ticked", ["consent_call", "consent_health", "consent_newsletter"])
def test_lead_05_any_box_can_be_ticked_alone_and_gives_its_own_consent_alone(ask, ticked):
    values = {"email": "ann@example.org", "phone": "614 555 0100", ticked: "on"}
    assert ask("/consultation/", values).status_code == 303
    assert set(Consent.objects.values_list("purpose", flat=True)) == {ticked.removeprefix("consent_")}


# -- LEAD-07, LEAD-08 ---------------------------------------------------------------------------


def test_lead_07_a_refused_form_comes_back_with_its_boxes_as_they_were(ask):
    typed = {
        "email": "ann@", "name": "Ann", "phone": "614 555 0100", "best_time": "mornings", "message": "Hello there",
        "contact_by": "phone", "consent_call": "on", "consent_newsletter": "on",
    }  # fmt: skip
    root = tree(ask("/consultation/", typed))
    ticked = {each.get("name"): each.get("value") for each in root.iter("input") if "checked" in each.attrib}
    assert ticked.keys() == {"contact_by", "consent_call", "consent_newsletter"} and ticked["contact_by"] == "phone"
    for name in ("email", "name", "phone", "best_time"):
        assert field(root, name).get("value") == typed[name]
    assert words(field(root, "message")) == "Hello there"


def test_lead_07_a_refusal_of_another_site_gives_the_phone_number_and_nothing_typed(ask, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    remember(Reach(name="Example Clinic", phone="+1 614 555 0100"))
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    page = ask("/consultation/", {"email": "ann@example.org", "message": "Hello there"}, headers=headers)
    assert page.status_code == 403
    assert "614 555 0100" in page.content.decode() and "Hello there" not in page.content.decode()


@pytest.mark.parametrize(("length", "status"), [(120, 303), (121, 422)])
def test_lead_08_a_name_has_room_for_120_letters(ask, length, status):
    assert ask("/information-packet/", {"email": "ann@example.org", "name": "n" * length}).status_code == status


@pytest.mark.parametrize(("length", "status"), [(4000, 303), (4001, 422)])
def test_lead_08_a_message_has_room_for_4000_characters(ask, length, status):
    assert ask("/consultation/", {"email": "ann@example.org", "message": "m" * length}).status_code == status


# -- LEAD-12, LEAD-16, LEAD-17, PAGE-44: words that staff change, and what they promise -------------


@pytest.mark.parametrize(
    ("path", "form", "done"),
    [
        ("/newsletter/", Kind.NEWSLETTER_FORM, Kind.NEWSLETTER_DONE),
        ("/information-packet/", Kind.PACKET_FORM, Kind.PACKET_DONE),
        ("/consultation/", Kind.CONSULTATION_FORM, Kind.CONSULTATION_DONE),
    ],
)
def test_lead_12_heading_introduction_and_success_words_are_the_newest_of_the_admin(ask, client, path, form, done):
    client.get(path), client.get(f"{path}thanks/")
    reworded(form, lead="A heading of ours", text="An introduction of ours.")
    reworded(done, lead="Our thanks", text="Now: This happens first.")
    root = tree(client.get(path))
    assert words(next(root.iter("h1"))) == "A heading of ours" and "An introduction of ours." in words(
        one(root, "lede")
    )
    thanks = tree(client.get(f"{path}thanks/"))
    assert words(next(thanks.iter("h1"))) == "Our thanks" and "This happens first." in words(one(thanks, "steps"))


@pytest.mark.parametrize("path", FORMS)
def test_lead_16_a_changed_wording_renews_every_stored_page_that_holds_it(ask, client, path):
    """The notice stands on all three forms; a page that does not hold it is left alone."""
    client.get(path), client.get("/contact/")
    assert StoredPage.objects.filter(address=path).exists()
    reworded(Kind.FORM_NOTICE, text="Newly said: not for emergencies.")
    assert not StoredPage.objects.filter(address=path).exists()
    assert StoredPage.objects.filter(address="/contact/").exists()
    assert "Newly said" in client.get(path).content.decode()


@pytest.mark.parametrize("states", ["", "within two working days"])
def test_lead_17_a_time_is_promised_only_where_the_clinic_states_one(ask, client, states):
    make_clinic(answers_within=states)
    said = words(one(tree(client.get("/consultation/thanks/")), "steps"))
    assert ("We answer within two working days." in said, "promise" in said) == (bool(states), bool(states))


@pytest.mark.parametrize("path", FORMS)
def test_page_44_the_thanks_page_says_from_which_address_letters_come_and_how_to_stop_them(ask, client, path):
    said = words(one(tree(client.get(f"{path}thanks/")), "thanks"))
    assert site.DEFAULT_FROM_EMAIL in said and "a link to stop all letters" in said


def test_lead_136_the_thanks_page_of_the_packet_tells_that_the_link_in_the_letter_opens_it_at_once(ask, client):
    said = words(one(tree(client.get("/information-packet/thanks/")), "steps"))
    assert "one letter with a link" in said and "read the packet there at once, as a page or as a PDF" in said


# -- LEAD-13, LEAD-14, PUB-141 --------------------------------------------------------------------


def test_lead_14_neither_the_address_of_the_network_nor_the_program_is_stored_or_logged(ask, caplog):
    caplog.set_level(logging.DEBUG)
    headers = {"user-agent": "Quetzalbrowser/7"}
    for path in FORMS:
        assert ask(path, {"email": "ann@example.org"}, headers=headers, REMOTE_ADDR="203.0.113.77").status_code == 303
        ask(path, {"email": "ann@"}, headers=headers, REMOTE_ADDR="203.0.113.77")
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = str(cursor.fetchall())
        assert "203.0.113" not in rows and "Quetzalbrowser" not in rows, table
    written = " ".join(JsonFormatter().format(record) for record in caplog.records)
    assert "203.0.113" not in written and "Quetzalbrowser" not in written


def test_lead_14_the_key_by_which_networks_are_counted_changes_daily(rf):
    from stemsite.clients import network_of

    request = rf.get("/", REMOTE_ADDR="203.0.113.77")
    today = network_of(request)
    with later(days=1):
        assert network_of(request) != today


def test_pub_141_a_request_keeps_the_version_of_the_page_and_of_the_words_that_were_seen(ask, client):
    """LEAD-13, LEAD-135: the page that links to the form is named by its number, and says what the packet is about."""
    from tests.factories import make_packet

    guide = make_guide(slug="als")
    sign_and_publish(guide)
    sign_and_publish(make_packet(guide=guide))
    address = f"/information-packet/?of={guide.pk}"
    root = tree(client.get(address))
    assert "the packet about ALS" in words(one(root, "packet-cover"))
    seen = {name: field(root, name).get("value") for name in ("page", "page_version", "placement")}
    guide.refresh_from_db()
    assert seen["page_version"] == guide.live_version.short
    ask("/information-packet/", {"email": "ann@example.org", **seen})
    assert PacketRequest.objects.get().source == seen
    entry = Consent.objects.get()
    assert (entry.page_path, entry.page_version) == ("/conditions/als/", guide.live_version.short)
    assert entry.wording_version == 1
    assert "the general packet" in words(one(tree(client.get("/information-packet/")), "packet-cover"))


# -- LEAD-15, PAGE-64 ------------------------------------------------------------------------------


def test_page_64_a_guide_has_plain_links_to_the_forms_and_none_of_them_in_its_text(ask, client):
    """LEAD-15: no dialog either, so the link leads to the form's own page with and without script."""
    guide = make_guide(slug="als")
    asks = {"parent": guide, "region": "main", "heading": "Read more", "html": "<p>It is a booklet.</p>"}
    ActionSection.objects.create(ordering=990, action=ActionSection.Action.PACKET, **asks)
    sign_and_publish(guide)
    root = tree(client.get("/conditions/als/"))
    assert [form.get("action") for form in root.iter("form") if form.get("method", "").lower() == "post"] == []
    assert not list(root.iter("dialog"))
    assert f"/information-packet/?of={guide.pk}" in {link.get("href") for link in root.iter("a")}


# -- LEAD-18 to LEAD-20 ----------------------------------------------------------------------------


def test_lead_18_no_origin_is_trusted_unless_it_is_named(ask):
    assert list(site.LEADS_TRUSTED_ORIGINS) == []


def test_lead_18_a_named_origin_is_trusted(ask, settings):
    settings.LEADS_TRUSTED_ORIGINS = ["https://partner.example"]
    headers = {"sec-fetch-site": "cross-site", "origin": "https://partner.example"}
    assert ask("/newsletter/", {"email": "ann@example.org"}, headers=headers).status_code == 303


@pytest.mark.parametrize("path", FORMS)
def test_lead_19_a_form_that_is_shown_again_sends_its_own_origin_along_too(ask, path):
    assert ask(path, {"email": "ann@"})["Referrer-Policy"] == "same-origin"


def test_lead_20_send_it_again_needs_neither_cookie_nor_origin(ask):
    ask("/newsletter/", {"email": "ann@example.org"})
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/link/", {"email": "ann@example.org"}).status_code == 200
    assert Delivery.objects.filter(kind="link").count() == 1


# -- LEAD-24, LEAD-25, LEAD-34 ----------------------------------------------------------------------


def test_lead_24_the_same_content_after_ten_minutes_is_another_request(ask):
    values = {"email": "ann@example.org", "message": "Please call."}
    ask("/consultation/", values)
    with later(minutes=9):
        ask("/consultation/", values)
        assert Enquiry.objects.count() == 1
    with later(minutes=11):
        ask("/consultation/", values)
    assert Enquiry.objects.count() == 2 and Contact.objects.count() == 1


@pytest.mark.parametrize("nonce", ["x" * 65, "ключ", "a\tb", " "])
def test_lead_24_a_nonce_that_is_none_does_not_tell_two_requests_apart(ask, nonce):
    for message in ("One", "Two", "Two"):
        ask("/consultation/", {"email": "ann@example.org", "message": message, "nonce": nonce})
    assert sorted(Enquiry.objects.values_list("nonce", flat=True)) == ["", ""]


def test_lead_25_the_weights_are_those_of_the_table_and_none_reaches_the_threshold_alone():
    assert spam.WEIGHTS == {
        "honeypot": 4,
        "fast": 3,
        "bare": 2,
        "disposable": 1,
        "repeated": 3,
        "address in name": 4,
        "one link": 1,
        "many links": 3,
        "soft limit": 2,
    }
    assert site.LEADS_SPAM_THRESHOLD == 5 > max(spam.WEIGHTS.values())


def test_lead_25_weights_and_threshold_are_settings_and_what_fired_is_kept(ask, settings):
    message = "http://a.example http://b.example http://c.example"
    settings.LEADS_SPAM_WEIGHTS = {"many links": 0, "honeypot": 5}
    ask("/consultation/", {"email": "ann@example.org", "message": message})
    ask("/consultation/", {"email": "bob@example.org", "reply_code": "x"})
    settings.LEADS_SPAM_THRESHOLD = 6
    ask("/consultation/", {"email": "cyd@example.org", "reply_code": "x"})
    found = [(row.signals, row.score, row.standing) for row in Enquiry.objects.order_by("pk")]
    assert found == [
        (["many links"], 0, "accepted"),
        (["honeypot"], 5, "quarantined"),
        (["honeypot"], 5, "accepted"),
    ]


def test_lead_34_a_day_later_letters_go_to_the_address_again(ask):
    for number in range(4):
        ask("/consultation/", {"email": "ann@example.org", "message": f"Number {number}"})
    assert Delivery.objects.filter(kind="receipt").count() == 3
    with later(hours=25):
        ask("/consultation/", {"email": "ann@example.org", "message": "Number 5"})
    assert Delivery.objects.filter(kind="receipt").count() == 4


# -- LEAD-35, LEAD-37 --------------------------------------------------------------------------------


def test_lead_35_an_entry_of_the_ledger_says_what_where_when_how_and_under_which_policy(ask):
    from stemsite.publishing.models import Page
    from tests.factories import make_plain_page, publish

    policy = make_plain_page(slug="privacy")
    publish(policy)
    before = timezone.now()
    ask("/newsletter/", {"email": "ann@example.org", "page": "/blog/", "page_version": "ab12"})
    entry = Consent.objects.get()
    wording = Wording.objects.get(kind=Kind.CONSENT_NEWSLETTER, version=1)
    assert (entry.purpose, entry.action, entry.method, entry.locale) == ("newsletter", "given", "form", "en-US")
    assert (entry.wording_version, entry.wording_hash) == (wording.version, wording.digest)
    assert (entry.page_path, entry.page_version) == ("/blog/", "ab12")
    live = Page.objects.get(pk=policy.pk).live_version
    assert entry.policy_version == f"privacy {live.content_hash[:8]}"
    assert before <= entry.at <= timezone.now() and entry.at.utcoffset() == datetime.timedelta()
    assert entry.network and entry.operator is None
    assert set(Consent.Purpose.values) == {"packet", "newsletter", "call", "health"}
    assert set(Consent.Action.values) == {"given", "confirmed", "withdrawn", "expired"}


def test_lead_37_a_new_wording_never_widens_what_was_agreed_to_before_it(ask):
    from leads import subscribing

    ask("/newsletter/", {"email": "ann@example.org"})
    old = Wording.objects.get(kind=Kind.CONSENT_NEWSLETTER, version=1)
    reworded(Kind.CONSENT_NEWSLETTER, text="We may also call you.")
    assert subscribing.confirm(Subscription.objects.get())
    entries = list(Consent.objects.order_by("pk").values_list("action", "wording_hash"))
    assert entries == [("given", old.digest), ("confirmed", old.digest)]


# -- LEAD-113 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMS)
def test_lead_113_an_error_report_names_the_fields_of_a_form_and_none_of_their_values(rf, path):
    request = rf.post(path, {"email": "quetzal@example.org", "name": "Quetzal", "message": "Zyzzogeton"})
    match = resolve(path)
    with mock.patch("leads.views._form_page") as page:
        page.return_value = None
        request.META["HTTP_SEC_FETCH_SITE"] = "same-origin"
        match.func(request)
    reported = SafeExceptionReporterFilter().get_post_parameters(request)
    assert reported.keys() == {"email", "name", "message"}
    assert not {"quetzal@example.org", "Quetzal", "Zyzzogeton"} & set(reported.values())
