"""PUB-38: comments on a section or on quoted words, with reply and resolve; blocking ones stop every publication."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import TextSection
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.publishing import commenting, scheduling, second_look, trash, workflow
from stemsite.publishing.families import specific
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Comment, Notice, Page, Schedule
from stemsite.publishing.offering import what_is_missing
from tests.factories import make_article, make_guide, make_plain_page, make_reviewer, make_user, publish, save_draft
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

WORDS = "<p>Cells were <em>safe</em> in 67 people. Nothing else was seen.</p>"


@pytest.fixture
def page(clinic):
    """A draft with a section that makes a claim, kept by its author."""
    author = make_user(Role.AUTHOR, first_name="Eda", last_name="Editor")
    found = make_article(by=author, keeper=author)
    TextSection.objects.create(parent=found, region="main", ordering=20, heading="What was seen", html=WORDS)
    save_draft(found)
    return specific(found)


@pytest.fixture
def roy(db):
    return make_reviewer(make_user(Role.REVIEWER, first_name="Roy", last_name="Reviewer")).user


def section(page, heading="What was seen"):
    return TextSection.objects.get(parent=page, heading=heading)


def rewrite(page, html, heading="What was seen"):
    TextSection.objects.filter(pk=section(page, heading).pk).update(html=html)
    workflow.saved(specific(page), by=page.created_by)
    return specific(page)


def only_thread(page):
    (thread,) = commenting.threads(specific(page))
    return thread


def test_pub_38_a_comment_on_quoted_words_finds_its_section(page, roy):
    comment = commenting.say(page, by=roy, text="In how many?", quote="were safe in  67 people")
    assert (comment.field, comment.heading) == (str(section(page).key), "What was seen")
    thread = only_thread(page)
    assert (thread.standing, thread.place, thread.field) == ("here", "What was seen", comment.field)


@pytest.mark.parametrize(
    ("html", "standing"),
    [
        ("<p>Before it. Cells were <strong>safe in 67</strong> people, we think.</p>", "here"),
        ("<p>Cells did harm.</p>", "removed"),
    ],
)
def test_pub_38_a_comment_survives_edits_around_its_words_or_says_that_they_are_gone(page, roy, html, standing):
    commenting.say(page, by=roy, text="Sure?", quote="safe in 67 people")
    assert only_thread(rewrite(page, html)).standing == standing


def test_pub_38_a_comment_follows_its_words_into_another_section(page, roy):
    commenting.say(page, by=roy, text="Sure?", quote="safe in 67 people")
    rewrite(page, "<p>Nothing.</p>")
    thread = only_thread(rewrite(page, "<p>Now safe in 67 people stands here.</p>", "First steps"))
    assert (thread.standing, thread.place) == ("elsewhere", "First steps")


def test_pub_38_a_comment_on_a_section_survives_a_new_heading_and_ends_with_the_section(page, roy):
    commenting.say(page, by=roy, text="Too long.", field=str(section(page).key))
    TextSection.objects.filter(pk=section(page).pk).update(heading="Seen")
    workflow.saved(specific(page), by=page.created_by)
    assert (only_thread(page).standing, only_thread(page).place) == ("here", "Seen")
    section(page, "Seen").delete()
    workflow.saved(specific(page), by=page.created_by)
    assert (only_thread(page).standing, only_thread(page).place) == ("removed", "What was seen")


@pytest.mark.parametrize(
    "said", [{"text": " "}, {"text": "x", "field": "no-such-key"}, {"text": "x", "quote": "words that stand nowhere"}]
)
def test_pub_38_what_points_at_nothing_is_refused(page, roy, said):
    with pytest.raises(Refused):
        commenting.say(page, by=roy, **said)
    assert not Comment.objects.exists()


def test_pub_38_replies_go_with_their_comment_and_those_concerned_are_told(page, roy):
    comment = commenting.say(page, by=roy, text="Which paper?")
    assert Notice.objects.filter(user=page.created_by, kind="page_commented").count() == 1
    answer = commenting.reply(comment, by=page.created_by, text="The first one.")
    assert only_thread(page).replies == (answer,)
    assert Notice.objects.filter(user=roy, kind="page_commented").count() == 1
    assert not Notice.objects.filter(user=roy, words__contains="Which paper").exists()
    with pytest.raises(Refused):
        commenting.reply(answer, by=roy, text="Deeper?")


def test_pub_38_resolving_and_opening_again_are_on_record(page, roy):
    comment = commenting.say(page, by=roy, text="Which paper?")
    commenting.resolve(comment, by=page.created_by)
    comment.refresh_from_db()
    assert (comment.resolved_by, comment.resolved_at is not None) == (page.created_by, True)
    commenting.reopen(comment, by=roy)
    assert Comment.objects.open().get() == comment
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"commented", "resolved a comment", "opened a comment again"} <= verbs


def test_pub_38_an_author_alone_does_not_resolve_what_a_reviewer_wants_settled(page, roy):
    comment = commenting.say(page, by=roy, text="Settle this.", is_blocking=True)
    with pytest.raises(Refused, match="Roy Reviewer"):
        commenting.resolve(comment, by=page.created_by)
    commenting.resolve(comment, by=make_user(Role.PUBLISHER))
    assert not Comment.objects.open().exists()


def test_pub_38_an_open_blocking_comment_stops_publishing_and_a_resolved_or_plain_one_does_not(clinic):
    publisher = make_user(Role.PUBLISHER)
    plain = make_plain_page(by=publisher)
    save_draft(plain)
    commenting.say(specific(plain), by=publisher, text="Only a remark.")
    blocking = commenting.say(specific(plain), by=publisher, text="Not before Monday.", is_blocking=True)
    assert [finding.severity for finding in what_is_missing(specific(plain)) if finding.rule == "PUB-38"] == ["warn"]
    with pytest.raises(Refused, match="Not before Monday"):
        publish(plain, by=publisher)
    assert not Page.objects.get(pk=plain.pk).is_live
    commenting.resolve(blocking, by=publisher)
    publish(plain, by=publisher)
    assert Page.objects.get(pk=plain.pk).is_live


def test_pub_38_it_stops_a_forced_publication_too(page, roy):
    owner = make_user(Role.OWNER)
    commenting.say(page, by=roy, text="Dangerous.", is_blocking=True)
    with pytest.raises(Refused, match="Dangerous"):
        second_look.force_publish(page, by=owner, reason="It cannot wait any longer.", change="major")
    assert not Page.objects.get(pk=page.pk).is_live


def test_pub_38_it_stops_a_schedule_when_it_is_made_and_when_it_is_due(clinic, roy):
    publisher = make_user(Role.PUBLISHER)
    guide = make_guide()
    save_draft(guide)
    workflow.submit(specific(guide), by=guide.created_by)
    workflow.sign(specific(guide), by=roy, version_id=Page.objects.get(pk=guide.pk).submitted_version_id)
    first = commenting.say(specific(guide), by=roy, text="Wait.", is_blocking=True)
    due = timezone.now() + datetime.timedelta(hours=1)
    with pytest.raises(Refused, match="Wait"):
        scheduling.schedule_publish(specific(guide), by=publisher, due_at=due, change="major", note="New.")
    commenting.resolve(first, by=roy)
    scheduling.schedule_publish(specific(guide), by=publisher, due_at=due, change="major", note="New.")
    commenting.say(specific(guide), by=roy, text="Wait again.", is_blocking=True)
    Schedule.objects.update(due_at=timezone.now() - datetime.timedelta(minutes=1))
    scheduling.run_due()
    assert Schedule.objects.get().state == Schedule.State.FAILED
    assert "Wait again" in Schedule.objects.get().outcome
    assert not Page.objects.get(pk=guide.pk).is_live


def test_pub_106_comments_come_back_from_the_trash_with_their_page(page, roy):
    publisher = make_user(Role.PUBLISHER)
    commenting.say(page, by=roy, text="Still here?")
    trash.discard(page, by=publisher)
    trash.take_out(specific(page), by=publisher)
    assert only_thread(page).comment.text == "Still here?"


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"resolved_at": timezone.now()},
        {"reply": True, "is_blocking": True},
        {"reply": True, "quote": "x"},
    ],
)
def test_pub_38_the_database_refuses_comments_that_cannot_be(page, roy, wrong):
    first = commenting.say(page, by=roy, text="First.")
    values = {"page_id": page.pk, "text": "x", "made_by": roy, **wrong}
    if values.pop("reply", False):
        values["reply_to"] = first
    with pytest.raises(ValidationError):
        Comment(**values).full_clean(exclude=["reply_to"] if "reply_to" not in values else [])


# -- the screen -------------------------------------------------------------------------------


def address(page):
    return f"/admin/pages/{page.pk}/comments/"


def test_pub_38_on_the_screen_somebody_says_another_answers_and_resolves(page, roy):
    reviewer, author = signed_in(user=roy), signed_in(user=page.created_by)
    key = str(section(page).key)
    said = {"field": key, "quote": "Nothing else was seen", "text": "<b>Nothing?</b>", "is_blocking": "on"}
    assert reviewer.post(address(page), said).status_code == 303
    comment = Comment.objects.get()
    text = author.get(address(page)).content.decode()
    assert "stops publication" in text and "&lt;b&gt;Nothing?&lt;/b&gt;" in text
    assert "a reviewer or a publisher resolves it" in text
    assert "Comments (1 open)" in author.get(f"/admin/pages/{page.pk}/").content.decode()
    reply = f"/admin/comments/{comment.pk}/reply/"
    assert author.post(reply, {f"reply-{comment.pk}-text": "Nothing serious."}).status_code == 303
    assert author.post(reply, {}).status_code == 422
    author.post(f"/admin/comments/{comment.pk}/resolve/")
    assert Comment.objects.open().exists()
    reviewer.post(f"/admin/comments/{comment.pk}/resolve/")
    assert not Comment.objects.open().exists()
    assert "resolved by Roy Reviewer" in reviewer.get(address(page)).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"text": ""},
        {"text": "x", "field": "nonsense"},
        {"text": "x", "quote": "not there"},
        {"text": "x" * 9000},
        {"text": "x\x00"},
    ],
)
def test_pub_38_what_cannot_be_said_is_sent_back_filled(page, typed):
    answer = signed_in(user=page.created_by).post(address(page), typed)
    assert answer.status_code == 422
    assert not Comment.objects.exists()


def test_pub_38_only_those_who_may_see_the_draft_read_and_write_comments(page, roy):
    comment = commenting.say(page, by=roy, text="Between us.")
    acts = [f"/admin/comments/{comment.pk}/{verb}/" for verb in ("reply", "resolve", "reopen")]
    for client in (signed_in(Role.COORDINATOR), signed_in(Role.AUTHOR), signed_in()):
        assert client.get(address(page)).status_code == 403
        assert client.post(address(page), {"text": "x"}).status_code == 403
        assert [client.post(act).status_code for act in acts] == [403, 403, 403]
    assert Comment.objects.open().get() == comment
    assert signed_in(Role.OWNER).post(f"/admin/comments/{comment.pk}/burn/").status_code == 404
    assert signed_in(Role.OWNER).get(acts[1]).status_code == 405
