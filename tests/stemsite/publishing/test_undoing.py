"""For ten minutes a publication can be taken back; the version before it is live again, both on record (PUB-18)."""

from __future__ import annotations

import datetime

import pytest

from articles.models import TextSection
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.clinic.models import Clinic
from stemsite.publishing import second_look, undoing, workflow
from stemsite.publishing.gate import Refused, Stale
from stemsite.publishing.models import Page
from tests.factories import make_guide, make_plain_page, make_reviewer, make_user, publish, save_draft, sign_and_publish
from tests.staff_forms import signed_in, step

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def reword(page, html):
    TextSection.objects.filter(parent=page).update(html=html)
    save_draft(page)


@pytest.fixture
def page(clinic):
    """Live twice: first with the old words, then under another address with the new ones."""
    found = make_plain_page(slug="prices", html="<p>The old words.</p>")
    publish(found)
    found.slug = "costs"
    found.save()
    reword(found, "<p>The new words.</p>")
    publish(found, note="New words.")
    return found


def after_publishing(monkeypatch, page, **time):
    later = page.transitions.latest("pk").at + datetime.timedelta(**time)
    monkeypatch.setattr("stemsite.publishing.undoing.timezone.now", lambda: later)


def test_pub_18_undo_brings_text_address_and_lists_back_and_the_record_keeps_both(page, client, publisher):
    first, second = page.versions.order_by("number").values_list("pk", flat=True)
    assert b"The new words." in client.get("/costs/").content
    staff = signed_in(publisher)
    assert "Undo the publication" in staff.get(f"/admin/pages/{page.pk}/").content.decode()
    assert step(staff, page, "undo").status_code == 303
    assert b"The old words." in client.get("/prices/").content
    answer = client.get("/costs/")
    assert (answer.status_code, answer["Location"]) == (301, "/prices/")
    sitemap = client.get("/sitemap.xml").content
    assert b"/prices/</loc>" in sitemap and b"/costs/</loc>" not in sitemap
    page.refresh_from_db()
    assert (page.live_version_id, page.latest_version_id) == (first, second), "what was taken back is the draft"
    verbs = list(page.transitions.order_by("pk").values_list("verb", "version"))
    assert verbs[-2:] == [("publish", second), ("undo", first)]
    assert AuditEvent.objects.get(verb="page undo").actor_id == publisher.pk
    shown = client.get("/prices/").content.decode()
    assert "New words." in shown and undoing.NOTE in shown, "readers are told of both"


def test_pub_18_only_for_ten_minutes(page, publisher, monkeypatch):
    with monkeypatch.context() as soon:
        after_publishing(soon, page, minutes=9, seconds=59)
        assert undoing.undoable(page) is not None
    after_publishing(monkeypatch, page, minutes=10)
    assert "Undo the publication" not in signed_in(publisher).get(f"/admin/pages/{page.pk}/").content.decode()
    assert signed_in(publisher).post(f"/admin/pages/{page.pk}/undo/").status_code == 409
    with pytest.raises(Stale, match="ten minutes"):
        undoing.undo(page, by=publisher)
    page.refresh_from_db()
    assert page.live_path == "/costs/"


def test_pub_18_an_undo_is_not_undone_and_what_was_first_has_nothing_before_it(page, publisher):
    undoing.undo(page, by=publisher)
    with pytest.raises(Stale):
        undoing.undo(page, by=publisher)
    alone = make_plain_page(slug="hours")
    publish(alone)
    with pytest.raises(Stale):
        undoing.undo(alone, by=publisher)


def test_pub_18_a_withdrawn_text_does_not_come_back_by_it(clinic, publisher):
    page = make_plain_page(slug="prices", html="<p>Wrong words.</p>")
    publish(page)
    workflow.withdraw(page, by=publisher, kind="error", reason="They were wrong.")
    reword(page, "<p>Right words.</p>")
    publish(page, note="Right words.")
    assert undoing.undoable(page) is None
    reword(page, "<p>More right words.</p>")
    publish(page, note="More.")
    workflow.withdraw(page, by=publisher, kind="error", reason="Wrong again.")
    with pytest.raises(Stale):
        undoing.undo(page, by=publisher)


def test_pub_18_nothing_is_taken_back_that_one_has_not_seen_or_while_a_review_is_under_way(page, publisher):
    first = page.versions.order_by("number").first()
    with pytest.raises(Stale, match="Another version"):
        undoing.undo(page, by=publisher, version_id=first.pk)
    reword(page, "<p>Newer words.</p>")
    workflow.submit(page, by=publisher)
    with pytest.raises(Stale):
        undoing.undo(page, by=publisher)
    assert Page.objects.get(pk=page.pk).draft_state == Page.DraftState.IN_REVIEW


def test_pub_18_a_signed_page_carries_its_earlier_signature_again(clinic, client, publisher, reviewer):
    guide = make_guide()
    sign_and_publish(guide, reviewer=reviewer)
    reword(guide, "<p>About it, said anew.</p>")
    other = make_user(Role.REVIEWER, first_name="Other")
    sign_and_publish(guide, reviewer=make_reviewer(other).user, note="Said anew.")
    undoing.undo(guide, by=publisher)
    guide.refresh_from_db()
    assert {sign.signed_by_id for sign in guide.live_version.sign_offs.all()} == {reviewer.pk}
    assert b"said anew." not in client.get(guide.live_path).content


def test_pub_18_a_correction_that_nobody_confirmed_waits_again(clinic, publisher, reviewer):
    guide = make_guide()
    section = TextSection.objects.filter(parent=guide, role="what it is")
    section.update(html="<p>Nerve cells carry messages. They reach the muscles. They tire.</p>")
    sign_and_publish(guide, reviewer=reviewer)
    for words in ("Nerve cells carry messages. They reach the muscles.", "Nerve cells carry messages."):
        section.update(html=f"<p>{words}</p>")
        save_draft(guide)
        second_look.publish_correction(guide, by=publisher)
    undoing.undo(guide, by=publisher)
    page = Page.objects.get(pk=guide.pk)
    assert page.live_version.corrects_id is not None and page.corrected_by_id == publisher.pk


def test_pub_18_in_a_team_the_owner_says_why(page, owner):
    Clinic.objects.update(review_policy=Clinic.ReviewPolicy.TEAM)
    with pytest.raises(Refused, match="Say why"):
        undoing.undo(page, by=owner)
    undoing.undo(page, by=owner, reason="The publisher is away.")
    assert page.transitions.get(verb="undo").reason == "The publisher is away."
