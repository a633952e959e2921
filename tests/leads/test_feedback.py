"""PAGE-09, PUB-136: was this clear, and what is wrong: once at the end of a page, without a name, sealed."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from leads import feedback, retention
from leads.models import Feedback
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from tests.factories import make_guide, make_study, make_user, sign_and_publish
from tests.markup import ids, links, tree, words
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

SAID = "My own illness makes me sad, and the word “neuron” is not explained."


@pytest.fixture
def guide(clinic):
    guide = make_guide()
    sign_and_publish(guide)
    return guide


def form_of(client, page):
    return tree(client.get("/feedback/", {"of": page.pk}))


def values(root):
    """What a browser would send of the form as it stands, nothing chosen yet."""
    fields = {field.get("name"): field.get("value", "") for field in root.iter("input") if field.get("type") != "radio"}
    return {name: value for name, value in fields.items() if name}


def send(client, page, **more):
    sent = {"of": str(page.pk), "version": page.live_version.short, "verdict": "unclear", "text": SAID, **more}
    return client.post("/feedback/", sent, headers={"Sec-Fetch-Site": "same-origin"})


def test_page_09_it_is_offered_once_at_the_end_of_every_page_and_in_its_footer(client, guide, clinic):
    sign_and_publish(study := make_study())
    for page in (guide, study):
        root = tree(client.get(page.live_path))
        offered = [words_ for words_, url in links(root) if url == f"/feedback/?of={page.pk}"]
        assert offered == ["Tell us, or report a problem", "Report a problem with this page"]
    assert ("Report a problem with a page", "/contact/") in links(tree(client.get("/blog/")))


def test_page_09_the_form_asks_no_name_and_offers_the_sections(client, guide):
    root = form_of(client, guide)
    names = {field.get("name") for tag in ("input", "select", "textarea") for field in root.iter(tag)} - {None}
    assert names == {"verdict", "section", "text", "reply_code", "of", "version", "nonce", "elapsed_ms"}
    assert "Please do not write about your health here." in words(root)
    assert len(ids(root)) == len(set(ids(root)))
    headings = [section.heading for section in guide.articles_textsection_set.order_by("ordering") if section.heading]
    (select,) = root.iter("select")
    assert {words(option) for option in select.iter("option")} == {"The whole page", *headings}
    assert "Thank you" not in words(root)


def test_page_09_a_note_is_stored_sealed_against_page_version_and_section(client, guide):
    root = form_of(client, guide)
    (select,) = root.iter("select")
    key = [option.get("value") for option in select.iter("option")][1]
    answer = client.post("/feedback/", {**values(root), "verdict": "unclear", "section": key, "text": f"  {SAID}\r\n"})
    assert (answer.status_code, answer["Location"]) == (303, "/feedback/thanks/")
    note = Feedback.objects.get()
    assert (note.page_id, note.version_id, note.section, note.verdict) == (
        guide.pk, guide.live_version_id, key, "unclear",
    )  # fmt: skip
    assert note.text == SAID
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM leads_feedback")
        stored = str(cursor.fetchall())
    assert "neuron" not in stored and "illness" not in stored
    thanks = tree(client.get("/feedback/thanks/"))
    assert "Thank you for telling us" in words(thanks)
    assert guide.title not in words(thanks)


def test_page_09_the_version_that_was_read_is_kept_when_a_newer_one_is_live(client, guide):
    read = guide.live_version
    guide.summary = "ALS harms the nerves that make our muscles move."
    guide.save()
    sign_and_publish(guide, note="A clearer summary.")
    assert guide.live_version != read
    send(client, guide, version=read.short)
    send(client, guide, version="zzzzzzzz", text="Another.")
    assert list(Feedback.objects.order_by("pk").values_list("version", flat=True)) == [read.pk, guide.live_version_id]


@pytest.mark.parametrize("nonce", ["", "4f1c8ad2-0000-4000-8000-000000000001"])
def test_page_09_the_same_note_sent_twice_is_one(client, guide, nonce):
    for _ in range(2):
        assert send(client, guide, nonce=nonce).status_code == 303
    assert Feedback.objects.count() == 1
    send(client, guide, nonce=nonce and nonce.replace("1", "2"), text="Something else.")
    assert Feedback.objects.count() == 2


def test_page_09_the_database_keeps_a_note_once_and_a_moment_with_what_is_done(guide):
    kept = {"page": guide, "version": guide.live_version, "verdict": "clear", "content_key": "x"}
    Feedback.objects.create(**kept, nonce="one")
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(**kept, nonce="one")
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(**kept, state=Feedback.State.DONE)


def test_page_09_what_cannot_be_taken_comes_back_with_every_word(client, guide):
    answer = send(client, guide, text="ö" * 501)
    assert answer.status_code == 422
    assert "Please shorten this to 500 characters; it has 501." in words(tree(answer))
    assert "ö" * 501 in answer.content.decode()
    answer = send(client, guide, verdict="")
    assert answer.status_code == 422
    assert "Choose one of the answers." in words(tree(answer))
    assert SAID in answer.content.decode()
    assert not Feedback.objects.exists()
    assert send(client, guide, text="ö" * 500).status_code == 303


@pytest.mark.parametrize(
    "more",
    [
        {"section": "no-such-section"}, {"section": "'" * 5000}, {"nonce": "ü" * 500}, {"elapsed_ms": "-1"},
        {"version": "%" * 8}, {"text": "\ud800 \u202e".encode("utf-8", "replace").decode()}, {"elapsed_ms": "²"},
    ],
)  # fmt: skip
def test_page_09_hostile_values_are_no_fault(client, guide, more):
    assert send(client, guide, **more).status_code == 303
    assert Feedback.objects.get().section == ""


@pytest.mark.parametrize("number", ["", "0", "x", "²", "9" * 30, "-1", "1 OR 1=1"])
def test_page_09_without_a_page_one_is_led_to_the_contact_page(client, clinic, number):
    answer = client.get("/feedback/", {"of": number})
    assert (answer.status_code, answer["Location"]) == (302, "/contact/")
    answer = client.post("/feedback/", {"of": number, "verdict": "clear"})
    assert (answer.status_code, answer["Location"]) == (303, "/contact/")


def test_page_09_only_live_pages_are_asked_about(client, guide, clinic):
    draft = make_guide(slug="draft", title="A secret draft")
    assert client.get("/feedback/", {"of": draft.pk}).status_code == 302
    assert client.get("/feedback/", {"of": guide.pk}).status_code == 200
    workflow.withdraw(guide, by=make_user(Role.OWNER), kind=Page.Withdrawal.OUTDATED, reason="It is too old.")
    assert client.get("/feedback/", {"of": guide.pk}).status_code == 302


def test_page_09_other_sites_cannot_post_and_reading_changes_nothing(client, guide):
    answer = client.post("/feedback/", {"of": guide.pk, "verdict": "clear"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    client.get("/feedback/", {"of": guide.pk, "verdict": "clear", "text": SAID})
    assert client.put("/feedback/").status_code == 405
    assert client.post("/feedback/thanks/").status_code == 405
    assert not Feedback.objects.exists()


def test_page_09_what_may_come_from_a_machine_is_kept_aside(client, guide):
    send(client, guide, reply_code="filled", elapsed_ms="100")
    send(client, guide, text="A person wrote this.")
    machine, person = Feedback.objects.order_by("pk")
    assert machine.is_doubtful and not person.is_doubtful
    assert list(Feedback.objects.waiting()) == [person]


def test_page_09_too_many_from_one_network_are_asked_to_wait_and_keep_their_words(client, guide, settings):
    settings.LEADS_LIMITS = True
    settings.LEADS_RATES = {"network_hard": 0}
    answer = send(client, guide)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert SAID in answer.content.decode()
    assert not Feedback.objects.exists()


def test_page_09_notes_without_an_address_are_not_counted_as_one_address(client, guide, settings):
    settings.LEADS_LIMITS = True
    settings.LEADS_RATES = {"network_soft": 1000}
    for number in range(8):
        send(client, guide, text=f"See https://example.org/{number}", elapsed_ms="100")
    assert not Feedback.objects.filter(is_doubtful=True).exists()


def test_lead_114_notes_go_after_a_year_and_doubtful_ones_after_thirty_days(guide):
    def note(days, **more):
        made = timezone.now() - datetime.timedelta(days=days)
        kept = {"page": guide, "version": guide.live_version, "verdict": "clear", "content_key": "x"}
        return Feedback.objects.create(**kept, created_at=made, **more)

    fresh, doubtful = note(360), note(20, is_doubtful=True)
    note(370), note(40, is_doubtful=True)
    dry = {gone.name: gone.number for gone in retention.run(dry=True)}
    assert dry["notes of readers about pages"] == 2
    assert Feedback.objects.count() == 4
    done = {gone.name: gone.number for gone in retention.run()}
    assert done["notes of readers about pages"] == 2
    assert set(Feedback.objects.values_list("pk", flat=True)) == {fresh.pk, doubtful.pk}


def test_page_09_keeper_and_publisher_find_it_on_the_work_queue_and_deal_with_it(client, guide):
    send(client, guide)
    note = Feedback.objects.get()
    url = f"/admin/leads/feedback/{note.pk}/change/"
    publisher = signed_in(Role.PUBLISHER)
    front = publisher.get("/admin/")
    assert ("/admin/leads/feedback/?state__exact=open&is_doubtful__exact=0") in dict(links(tree(front))).values()
    screen = publisher.get(url)
    assert SAID in screen.content.decode()
    assert AuditEvent.objects.filter(verb="read a note of a reader").exists()
    answer = publisher.post(url, {"state": "done"})
    assert answer.status_code == 302
    note.refresh_from_db()
    assert (note.state, note.text) == ("done", SAID)
    assert note.done_at is not None and note.done_by is not None
    assert not feedback.seen_by(note.done_by).waiting().exists()
    publisher.post(url, {"state": "open"})
    note.refresh_from_db()
    assert (note.state, note.done_at, note.done_by) == ("open", None, None)


@pytest.mark.parametrize(("role", "status"), [(Role.COORDINATOR, 403), (Role.AUTHOR, 302), (None, 403)])
def test_page_09_whoever_has_nothing_to_do_with_the_page_does_not_read_it(client, guide, role, status):
    """PUB-42: an author sees notes about pages of their own; to others they are not there."""
    send(client, guide)
    note = Feedback.objects.get()
    answer = signed_in(*([role] if role else [])).get(f"/admin/leads/feedback/{note.pk}/change/")
    assert answer.status_code == status
    assert SAID not in answer.content.decode()


def test_page_09_the_author_of_the_page_reads_it(client, guide):
    send(client, guide)
    note = Feedback.objects.get()
    answer = signed_in(user=guide.created_by).get(f"/admin/leads/feedback/{note.pk}/change/")
    assert SAID in answer.content.decode()
