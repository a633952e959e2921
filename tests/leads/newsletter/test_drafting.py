"""The digest: what is new since the last issue, as a draft that a person edits and approves (LEAD-82)."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from leads.models import IssueRun, NewsletterIssue
from leads.newsletter import drafting, workflow
from leads.newsletter.steps import State
from stemsite.access import Role
from stemsite.publishing.models import Page
from tests.factories import make_article, make_live_article, make_plain_page, make_study, publish, sign_and_publish
from tests.staff import signed_in

pytestmark = pytest.mark.django_db


def ago(**span) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(**span)


def test_lead_82_a_draft_of_what_was_published_or_changed_in_substance(clinic, publisher):
    fresh, old, mended = make_live_article(), make_live_article(), make_live_article()
    Page.objects.filter(pk__in=[old.pk, mended.pk]).update(updated_at=ago(days=60), first_published_at=ago(days=60))
    mended.title = "Changed in substance"
    mended.save()
    sign_and_publish(mended, note="More is known.")
    study = make_study()
    sign_and_publish(study)
    publish(make_plain_page())
    make_article()
    issue = drafting.draft_digest(by=publisher)
    assert {card.page_id for card in issue.cards.all()} == {fresh.pk, mended.pk, study.pk}
    assert issue.state == State.DRAFT and all(card.version_id for card in issue.cards.all())
    assert [step.verb for step in issue.steps.all()] == ["create"]


def test_lead_82_nothing_new_means_no_draft(clinic):
    article = make_live_article()
    Page.objects.filter(pk=article.pk).update(updated_at=ago(days=60))
    assert drafting.draft_digest() is None
    assert not NewsletterIssue.objects.exists()


def test_lead_82_new_is_what_came_after_the_last_issue(clinic, publisher):
    before = make_live_article()
    issue = drafting.draft_digest(by=publisher)
    NewsletterIssue.objects.update(signature="All of us")
    workflow.start(issue, by=publisher)
    IssueRun.objects.update(starts_at=timezone.now(), sent=1)
    after = make_live_article()
    assert [page.pk for page in drafting.news_since(drafting.last_letter())] == [after.pk]
    assert before.pk != after.pk


def test_lead_82_the_system_drafts_once_an_interval_and_sends_nothing(clinic, settings, publisher):
    make_live_article()
    assert drafting.draft_when_due() == 1
    assert drafting.draft_when_due() == 0
    issue = NewsletterIssue.objects.get()
    assert (issue.state, issue.saved_by) == (State.DRAFT, None)
    NewsletterIssue.objects.update(created_at=ago(days=31))
    settings.NEWSLETTER_DIGEST_DAYS = 0
    assert drafting.draft_when_due() == 0


def test_a_button_drafts_it_for_those_who_write_issues(clinic):
    client = signed_in(Role.AUTHOR)
    url = "/admin/leads/newsletterissue/digest/"
    answer = client.post(url, follow=True)
    assert "nothing to draft" in answer.content.decode()
    make_live_article()
    answer = client.post(url)
    assert answer["Location"] == f"/admin/leads/newsletterissue/{NewsletterIssue.objects.get().pk}/change/"
    assert client.get(url).status_code == 405
    assert signed_in(Role.COORDINATOR).post(url).status_code == 403
