"""Share links: one version for people without a login, and how they end (PUB-35)."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.publishing import reverting, sharing, workflow
from stemsite.publishing.models import ShareLink
from tests.factories import make_article, make_study, make_user, save_draft, sign_and_publish
from tests.staff_forms import form_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


@pytest.fixture(params=["article", "study"])
def page(request, editor):
    found = (make_article if request.param == "article" else make_study)(by=editor)
    save_draft(found)
    return found


def path(link):
    return sharing.address(link).partition("/share/")[2].join(("/share/", ""))


def share(page, editor, **values):
    page.refresh_from_db()
    return sharing.share(page, page.latest_version, by=editor, **{"days": 7, **values})


def test_pub_35_a_link_made_on_the_screen_shows_the_version_to_a_stranger(page, editor):
    client = signed_in(editor)
    form = form_of(client.get(f"/admin/pages/{page.pk}/"), action=f"/admin/pages/{page.pk}/share/")
    assert client.post(f"/admin/pages/{page.pk}/share/", form).status_code == 303
    assert ShareLink.objects.count() == 1
    shown = re.search(r'value="https?://[^/]+(/share/[^"]+)"', client.get(f"/admin/pages/{page.pk}/").content.decode())
    answer = Client().get(shown[1])
    words = answer.content.decode()
    assert answer.status_code == 200
    assert page.title in words and "Preview" in words and '<meta name="robots" content="noindex">' in words
    assert answer["Cache-Control"] == "private, no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert not answer.cookies
    assert "ETag" not in answer
    assert editor.email not in words


def test_pub_35_later_edits_are_not_shown(editor):
    article = make_article(by=editor, title="As it was shared")
    save_draft(article)
    link = share(article, editor)
    article.title = "Written afterwards"
    article.save()
    save_draft(article)
    assert "As it was shared" in Client().get(path(link)).content.decode()


def test_pub_35_every_opening_is_logged_without_who_it_was(page, editor):
    link = share(page, editor)
    for _ in range(2):
        Client().get(path(link), headers={"user-agent": "A reader's browser"})
    events = AuditEvent.objects.filter(verb="opened a share link")
    assert [event.actor for event in events] == ["system", "system"]
    assert events[0].object_id == str(page.pk)
    assert "browser" not in str(list(events.values()))
    assert AuditEvent.objects.filter(verb="made a share link", actor_id=editor.pk).exists()


@pytest.mark.parametrize("end", ["expired", "revoked", "published", "discarded"])
def test_pub_35_a_link_ends(editor, end):
    article = make_article(by=editor)
    sign_and_publish(article, by=editor)
    article.title = "A second title"
    article.save()
    save_draft(article)
    link = share(article, editor)
    assert Client().get(path(link)).status_code == 200
    if end == "expired":
        now = timezone.now()
        ShareLink.objects.update(created_at=now - datetime.timedelta(days=8), expires_at=now)
    elif end == "revoked":
        signed_in(editor).post(f"/admin/pages/{article.pk}/unshare/", {"link": link.pk})
    elif end == "published":
        sign_and_publish(article, by=editor, note="A better title.")
    else:
        reverting.discard_draft(article, by=editor)
    answer = Client().get(path(link))
    assert answer.status_code == 410
    assert "This link is over" in answer.content.decode()
    assert "A second title" not in answer.content.decode()
    assert not answer.cookies and answer["Cache-Control"] == "private, no-store"
    assert not sharing.open_links().exists()


def test_pub_35_a_step_that_ends_nothing_leaves_the_link(editor):
    article = make_article(by=editor)
    save_draft(article)
    link = share(article, editor)
    workflow.submit(article, by=editor)
    assert Client().get(path(link)).status_code == 200


@pytest.mark.parametrize("token", ["x", "1", "0" * 400, "eyJ:a:b", "%00"])
def test_odd_tokens_open_nothing(clinic, token):
    assert Client().get(f"/share/{token}/").status_code in {400, 410}


@pytest.mark.parametrize(("days", "link"), [("", ""), ("9999", "x"), ("-1", "-1"), ("²", "99999999999999999999")])
def test_odd_wishes_change_nothing(page, editor, days, link):
    client = signed_in(editor)
    share(page, editor)
    assert client.post(f"/admin/pages/{page.pk}/share/", {"days": days}).status_code == 303
    assert client.post(f"/admin/pages/{page.pk}/unshare/", {"link": link}).status_code == 303
    assert sharing.open_links().count() == 1


def test_a_link_of_another_page_is_not_revoked_here(page, editor):
    link = share(page, editor)
    other = make_article(by=editor)
    signed_in(editor).post(f"/admin/pages/{other.pk}/unshare/", {"link": link.pk})
    assert sharing.open_links().count() == 1
