"""A clinician without an account is asked to check the facts of one version, and answers (PUB-39)."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.mail.models import Delivery
from stemsite.publishing import fact_checking, sharing
from stemsite.publishing.models import FactCheck, Notice, Page, ShareLink
from tests.factories import make_article, make_user, save_draft, sign_and_publish
from tests.staff_forms import form_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

WHOM = "Dr. Ann Lee, neurologist"
QUESTION = "Is the dose of the second trial right?"
DOUBT = {"verdict": "doubts", "text": "It was halved after a month.", "name": WHOM}
STANDS = {"verdict": "stands", "text": "", "name": WHOM}


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


@pytest.fixture
def article(editor):
    found = make_article(by=editor)
    save_draft(found)
    return found


@pytest.fixture
def check(article, editor):
    page = Page.objects.get(pk=article.pk)
    return fact_checking.ask(page, page.latest_version, by=editor, days=7, asked=WHOM, question=QUESTION)


def path(check):
    return "/" + fact_checking.address(check).split("/", 3)[3]


def screen(page):
    return f"/admin/pages/{page.pk}/fact-checks/"


def test_pub_39_asked_on_the_screen_answered_by_the_link_and_read_beside_the_version(article, editor):
    staff = signed_in(editor)
    form = form_of(staff.get(screen(article)), action=screen(article))
    assert staff.post(screen(article), {**form, "asked": WHOM, "question": QUESTION}).status_code == 303
    shown = staff.get(screen(article)).content.decode()
    assert "no answer yet" in shown
    address = re.search(r'value="https?://[^/]+(/fact-check/[^"]+)"', shown)[1]
    stranger = Client(enforce_csrf_checks=True)
    asked = stranger.get(address)
    assert asked.status_code == 200 and QUESTION in asked.content.decode()
    assert (asked["Cache-Control"], asked["X-Robots-Tag"], asked["Referrer-Policy"]) == (
        "no-store",
        "noindex",
        "no-referrer",
    )
    draft = re.search(r'href="https?://[^/]+(/share/[^"]+)"', asked.content.decode())[1]
    assert article.title in stranger.get(draft).content.decode()
    done = stranger.post(address, DOUBT)
    assert done.status_code == 200 and "Thank you for your answer" in done.content.decode()
    assert not asked.cookies and not done.cookies
    for place in (screen(article), f"/admin/pages/{article.pk}/"):
        words = staff.get(place).content.decode()
        assert DOUBT["text"] in words and "Something should be looked at" in words, place


def test_pub_39_an_answer_changes_nothing_of_the_page(article, check):
    versions, page = list(article.versions.values()), Page.objects.filter(pk=article.pk).values().get()
    Client().post(path(check), DOUBT)
    assert list(article.versions.values()) == versions
    assert Page.objects.filter(pk=article.pk).values().get() == page
    assert not article.versions.get().sign_offs.exists()


def test_pub_39_the_first_answer_stands_and_its_people_are_told_once(article, check, editor):
    keeper = make_user(Role.AUTHOR)
    Page.objects.filter(pk=article.pk).update(keeper=keeper)
    stranger = Client()
    stranger.post(path(check), STANDS)
    again = stranger.post(path(check), DOUBT)
    assert again.status_code == 200 and "Thank you" in again.content.decode()
    check.refresh_from_db()
    assert (check.verdict, check.answer, check.answered_as) == ("stands", "", WHOM)
    told = Notice.objects.filter(kind="fact_checked")
    assert {notice.user_id for notice in told} == {editor.pk, keeper.pk} and len(told) == 2
    assert Delivery.objects.filter(kind="fact_checked").count() == 2
    assert AuditEvent.objects.filter(verb="opened a fact check", actor="system").count() == 2
    events = AuditEvent.objects.filter(verb="answered a fact check")
    assert [(event.actor, event.detail["verdict"]) for event in events] == [("system", "stands")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "verdict"),
        ({**STANDS, "verdict": "maybe"}, "verdict"),
        ({**DOUBT, "text": "  "}, "text"),
        ({**DOUBT, "text": "x" * 4001}, "text"),
        ({**STANDS, "name": " "}, "name"),
        ({**STANDS, "name": "x" * 161}, "name"),
        ({**DOUBT, "text": "a\0b"}, "text"),
    ],
)
def test_pub_39_what_is_missing_is_said_beside_the_field_and_nothing_is_lost(check, given, field):
    answer = Client().post(path(check), {"text": "My words.", **given})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode() or f'id="error_id_{field}' in answer.content.decode()
    if "text" not in given:
        assert "My words." in answer.content.decode()
    check.refresh_from_db()
    assert check.answered_at is None


def revoked(check, article):
    sharing.revoke(check.link, by=check.link.created_by)


def ended(check, article):
    ShareLink.objects.filter(pk=check.link_id).update(
        created_at=timezone.now() - datetime.timedelta(days=8), expires_at=timezone.now() - datetime.timedelta(hours=1)
    )


def published(check, article):
    sign_and_publish(article)


@pytest.mark.parametrize("end", [revoked, ended, published])
def test_pub_39_a_link_that_is_over_asks_nothing_and_takes_no_answer(check, article, end):
    end(check, article)
    for answer in (Client().get(path(check)), Client().post(path(check), DOUBT)):
        assert answer.status_code == 410
        assert QUESTION not in answer.content.decode() and article.title not in answer.content.decode()
    check.refresh_from_db()
    assert check.answered_at is None


@pytest.mark.parametrize("token", ["x", "MQ:1abc:def", "0" * 400, "é"])
def test_pub_39_made_up_links_open_nothing(check, token):
    assert Client().get(f"/fact-check/{token}/").status_code == 410
    assert Client().post(f"/fact-check/{token}/", DOUBT).status_code == 410


def test_pub_39_the_link_of_a_draft_is_not_the_link_of_its_question(check):
    token = sharing.address(check.link).rstrip("/").rpartition("/")[2]
    assert Client().get(f"/fact-check/{token}/").status_code == 410


def test_pub_39_what_waits_is_on_the_list_until_it_is_answered_or_the_draft_is_out(article, check, editor):
    staff = signed_in(editor)
    assert f"{WHOM} may answer until" in staff.get("/admin/reports/").content.decode()
    ended(check, article)
    assert f"{WHOM} had until" in staff.get("/admin/reports/").content.decode()
    ShareLink.objects.filter(pk=check.link_id).update(expires_at=timezone.now() + datetime.timedelta(days=1))
    fact_checking.answer(check, verdict="stands", text="", name=WHOM)
    assert WHOM not in staff.get("/admin/reports/").content.decode()


def test_pub_39_nothing_of_it_reaches_readers(article, check, editor):
    fact_checking.answer(check, verdict="doubts", text="A canary of doubt.", name=WHOM)
    sign_and_publish(article)
    page = Page.objects.get(pk=article.pk)
    words = Client().get(page.live_path).content.decode()
    assert "canary" not in words and WHOM not in words
    staff = signed_in(editor)
    assert "canary" not in staff.get(f"/admin/pages/{page.pk}/").content.decode(), "the draft it was about is out"
    assert "canary" in staff.get(screen(page)).content.decode(), "it stays on record"


def test_pub_39_a_question_needs_somebody_and_words(article, editor):
    staff = signed_in(editor)
    answer = staff.post(screen(article), {"asked": "", "question": "Kept words", "days": "365"})
    assert answer.status_code == 422 and "Kept words" in answer.content.decode()
    assert not FactCheck.objects.exists() and not ShareLink.objects.exists()


def test_pub_39_revoking_comes_back_to_the_questions(article, check, editor):
    staff = signed_in(editor)
    form = form_of(staff.get(screen(article)), action=f"/admin/pages/{article.pk}/unshare/")
    answer = staff.post(f"/admin/pages/{article.pk}/unshare/", form)
    assert (answer.status_code, answer["Location"]) == (303, screen(article))
    assert "ended without an answer" in staff.get(screen(article)).content.decode()


@pytest.mark.parametrize(
    "values",
    [
        {"asked": ""},
        {"question": ""},
        {"verdict": "stands"},
        {"answered_at": timezone.now()},
        {"verdict": "doubts", "answered_as": WHOM, "answered_at": timezone.now()},
    ],
)
def test_pub_39_half_a_question_or_half_an_answer_is_no_row(check, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        FactCheck.objects.filter(pk=check.pk).update(**values)
