"""Links in letters: reading changes nothing, one press does, and nothing of a person is in the address."""

from __future__ import annotations

import datetime

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone

from leads import letters, links, subscribing
from leads.models import Consent, Contact, PacketRequest, PrivacyRequest, Subscription
from stemsite.mail.kinds import Letter, NotAnyMore, build
from stemsite.mail.models import Delivery, Suppression
from stemsite.tokens import TokenRefused, make_short_token, read_short_token
from tests.factories import make_packet_request
from tests.markup import tree, words

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path(url: str) -> str:
    return url.removeprefix(site.SITE_URL)


@pytest.fixture
def pending(ask):
    ask("/newsletter/", {"email": "ann@example.org", "page": "/blog/"})
    return Subscription.objects.get()


@pytest.fixture
def confirmed(pending):
    assert subscribing.confirm(pending)
    pending.refresh_from_db()
    return pending


def rows():
    return Consent.objects.count(), list(Subscription.objects.values_list("state", flat=True))


def test_lead_44_reading_the_link_changes_nothing_and_the_button_does(pending, client):
    address, before = path(links.confirm_url(pending)), rows()
    for ask in (client.get, client.head, client.get):
        assert ask(address).status_code == 200
    assert rows() == before
    assert "You are on the list" in client.post(address).content.decode()
    pending.refresh_from_db()
    assert pending.state == "confirmed"
    entry = Consent.objects.latest("pk")
    assert (entry.action, entry.method, entry.wording_version) == ("confirmed", "token page", 1)
    assert entry.token_issued_at == pending.asked_at
    assert "confirmed already" in client.post(address).content.decode()
    assert Consent.objects.count() == before[0] + 1


def test_lead_43_the_link_of_an_expired_sign_up_opens_nothing(pending, client):
    address = path(links.confirm_url(pending))
    Subscription.objects.update(asked_at=timezone.now() - datetime.timedelta(days=8))
    assert "does not work any more" in client.post(address).content.decode()
    assert subscribing.expire_unconfirmed() == 1
    assert Subscription.objects.get().state == "expired"
    assert Consent.objects.latest("pk").action == "expired"
    assert not Subscription.objects.to_be_mailed().exists()


def test_lead_45_changed_foreign_and_old_tokens_all_show_one_neutral_page(confirmed, client, monkeypatch):
    token = make_short_token("u", confirmed.pk)
    broken = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[1:],
        f"c{token[1:]}",
        "x",
        "u" * 200,
        "%F0%9F%92%A9",
    ]
    answers = {client.get(f"/u/{wrong}").content for wrong in broken}
    answers |= {client.get(f"/p/{token}").content, client.get(f"/c/{token}").content}
    assert len(answers) == 1
    assert "Send it again" in answers.pop().decode()
    later = timezone.now() + datetime.timedelta(days=401)
    monkeypatch.setattr("stemsite.tokens.timezone.now", lambda: later)
    with pytest.raises(TokenRefused):
        read_short_token("u", token, within=links.GOOD_FOR["u"])


def test_lead_45_a_changed_secret_keeps_old_links_alive(settings):
    token = make_short_token("u", 7)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret", [settings.SECRET_KEY]
    assert read_short_token("u", token, within=links.GOOD_FOR["u"]) == 7
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(TokenRefused):
        read_short_token("u", token, within=links.GOOD_FOR["u"])


def test_lead_46_pages_of_links_are_never_stored_indexed_or_told(confirmed, client):
    contact = confirmed.contact
    for address in (links.confirm_url(confirmed), links.leave_url(confirmed), links.preferences_url(contact)):
        answer = client.get(path(address))
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex"
        assert not answer.cookies
        assert "://" not in answer.content.decode().partition("<body>")[2].replace(site.SITE_URL, "")
        assert address.rpartition("/")[2] not in answer.content.decode()


def test_lead_49_the_address_of_one_click_is_short_enough(confirmed):
    token = links.leave_url(Subscription(pk=99_999_999)).rpartition("/")[2]
    assert len("https://www.harborclinic.example.org") + len("/u/") + len(token) <= 74


@pytest.mark.parametrize("content_type", ["multipart", "urlencoded"])
def test_lead_50_one_click_unsubscribes_without_cookie_or_origin(confirmed, content_type):
    client = Client(enforce_csrf_checks=True)
    address = path(links.leave_url(confirmed))
    for _ in range(2):
        if content_type == "multipart":
            answer = client.post(address, ONE_CLICK)
        else:
            answer = client.post(
                address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
            )
        assert answer.status_code == 200
        assert not answer.cookies
    assert Subscription.objects.get().state == "withdrawn"
    assert Consent.objects.filter(action="withdrawn").count() == 1


def test_lead_50_a_post_with_neither_changes_nothing(confirmed, client):
    answer = client.post(path(links.leave_url(confirmed)), {"something": "else"})
    assert (answer.status_code, Subscription.objects.get().state) == (200, "confirmed")
    assert 'value="One-Click"' in answer.content.decode()


def test_lead_51_leaving_by_mistake_is_undone_with_a_new_entry(confirmed, client):
    address = path(links.leave_url(confirmed))
    client.post(address, ONE_CLICK)
    assert "on the list again" in client.post(address, {"undo": "yes"}).content.decode()
    assert sorted(Subscription.objects.values_list("state", flat=True)) == ["confirmed", "withdrawn"]
    assert Consent.objects.latest("pk").action == "given"


def test_lead_51_stopping_everything_also_stops_the_address(confirmed, client):
    address = path(links.leave_url(confirmed))
    client.post(address, ONE_CLICK)
    client.post(address, {"stop": "yes"})
    assert Suppression.objects.in_force().count() == 1
    assert not Consent.objects.allowing().exists()


def test_lead_47_preferences_show_what_we_hold_and_obey(confirmed, client):
    contact = confirmed.contact
    address = path(links.preferences_url(contact))
    page = client.get(address).content.decode()
    assert "ann@example.org" in page
    assert "Newsletter" in page
    before = rows()
    client.post(address, {"act": "nonsense"})
    assert rows() == before
    client.post(address, {"act": "pause"})
    assert not Subscription.objects.to_be_mailed().exists()
    assert "We send you what we hold by" in client.post(address, {"act": "data"}).content.decode()
    assert PrivacyRequest.objects.get().due_on == timezone.localdate() + datetime.timedelta(days=30)
    client.post(address, {"act": "leave"})
    assert Subscription.objects.get().state == "withdrawn"


def test_lead_47_topics_name_a_condition_only_with_consent(confirmed, client):
    from articles.models import Topic
    from tests.factories import make_condition

    make_condition()
    Topic.objects.create(name="Questions to ask", slug="questions")
    Topic.objects.create(name="News on ALS", slug="als-news")
    address = path(links.preferences_url(confirmed.contact))
    assert "News on ALS" not in client.get(address).content.decode()
    client.post(address, {"act": "topics", "topic": ["questions", "als-news"]})
    assert Subscription.objects.get().topics == ["questions"]


def test_lead_115_erasing_takes_a_second_press_and_leaves_nothing(confirmed, client, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    contact = confirmed.contact
    address = path(links.preferences_url(contact))
    assert "cannot be undone" in client.post(address, {"act": "erase"}).content.decode()
    assert not Contact.objects.get().is_erased
    assert "You are erased" in client.post(address, {"act": "erase for good"}).content.decode()
    contact.refresh_from_db()
    assert (contact.name, contact.email, contact.email_index, contact.is_erased) == ("", "", None, True)
    assert set(contact.timeline.values_list("text", flat=True)) == {""}
    assert contact.consents.count() >= 2, "the proof stays, without a name"
    assert not any(delivery.recipient for delivery in Delivery.objects.all())
    assert contact.reference in (tmp_path / "erased.txt").read_text()
    assert "does not work any more" in client.get(address).content.decode()


def test_lead_115_a_restored_backup_is_erased_again(confirmed, settings, tmp_path):
    from leads.erasing import erase_again

    settings.DATA_DIR = tmp_path
    (tmp_path / "erased.txt").write_text(f"{confirmed.contact.reference} 2026-01-01\n")
    assert erase_again() == 1
    assert Contact.objects.get().is_erased


def test_lead_11_send_it_again_answers_alike_for_known_and_unknown_addresses(confirmed, client):
    answers = {client.post("/link/", {"email": f"{name}@example.org"}).content for name in ("ann", "nobody", "x y")}
    assert len(answers) == 1
    assert Delivery.objects.filter(kind="link").count() == 1


def test_lead_54_letters_are_written_when_they_are_sent(pending):
    waiting = Delivery.objects.get(kind="confirm")
    built = build(waiting)
    assert isinstance(built, Letter)
    assert built.to == ("", "ann@example.org")
    assert "/c/" in built.text
    assert "1 Example Street" in built.text
    assert "ann@" not in built.text
    subscribing.confirm(pending)
    assert isinstance(build(waiting), NotAnyMore)


def test_lead_57_nothing_is_sent_to_who_was_erased_meanwhile(ask, settings, tmp_path):
    from leads.erasing import erase

    settings.DATA_DIR = tmp_path
    ask("/consultation/", {"email": "ann@example.org"})
    receipt = Delivery.objects.get(kind="receipt")
    erase(Contact.objects.get())
    receipt.refresh_from_db()
    assert receipt.state == "cancelled"
    assert isinstance(letters.receipt(receipt), NotAnyMore)


def test_lead_106_staff_are_told_by_a_count_and_a_link(ask):
    from stemsite.access import Role
    from tests.factories import make_user

    make_user(Role.COORDINATOR, email="lead@example.org")
    make_user(Role.AUTHOR, email="author@example.org")
    for name in ("Ann", "Bob"):
        ask("/consultation/", {"email": f"{name}@example.org", "name": f"{name} Canary", "message": "About ALS"})
    notice = Delivery.objects.get(kind="new_enquiry")
    letter = build(notice)
    assert letter.to[1] == "lead@example.org"
    assert "2 requests" in letter.text
    for secret in ("Canary", "ALS", "@example.org"):
        assert secret not in letter.subject + letter.text


def test_lead_135_a_request_placed_on_a_guide_asks_for_its_packet(ask, client):
    from tests.factories import make_guide, sign_and_publish

    guide = make_guide()
    sign_and_publish(guide)
    page = client.get(f"/information-packet/?of={guide.pk}")
    assert 'name="page" value="/conditions/als/"' in page.content.decode()
    assert page["Cache-Control"] == "public, no-cache"
    assert client.get("/information-packet/?of=99999").status_code == 302
    ask("/information-packet/", {"email": "ann@example.org", "page": "/conditions/als/"})
    ask("/information-packet/", {"email": "bob@example.org", "page": "/conditions/none/"})
    assert [request.packet for request in PacketRequest.objects.order_by("pk")] == ["als", ""]


def test_lead_45_the_address_of_send_it_again_opens_as_a_page(client, clinic):
    """Whoever comes back to it by the address bar or a bookmark finds the form, and nothing is sent."""
    answer = client.get("/link/")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert b'action="/link/"' in answer.content
    assert not Delivery.objects.exists()


def test_lead_50_each_name_stands_once_above_all_that_we_hold_under_it(confirmed, client):
    """Two requests are two lines under one name, not the name twice (AX-02)."""
    contact = confirmed.contact
    for _ in range(2):
        make_packet_request(contact)
    root = tree(client.get(path(links.preferences_url(contact))))
    names = [words(name) for name in root.iter("dt")]
    assert len(names) == len(set(names))
    (asked,) = [group for group in root.iter("div") if words(group).startswith("You asked for")]
    assert len(list(asked.iter("dd"))) >= 2
