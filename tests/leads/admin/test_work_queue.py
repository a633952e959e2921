"""What waits of the newsletter stands on the first page of those who may approve it (LEAD-75, LEAD-80)."""

from __future__ import annotations

import pytest

from leads.models import NewsletterIssue
from leads.newsletter import workflow
from stemsite.access import Role
from tests.factories import make_issue, make_user
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def newsletter_lines(desk) -> dict[str, tuple[int, str]]:
    columns = desk.get("/admin/").context.get("columns", ())
    return {
        line.label: (line.number, line.url)
        for column in columns
        if column.title == "Newsletter"
        for line in column.lines
    }


def test_lead_75_an_issue_in_review_is_counted_and_the_number_leads_to_it():
    owner = signed_in(Role.OWNER)
    assert newsletter_lines(owner)["Issues to approve"][0] == 0
    writer = make_user(Role.AUTHOR, Role.PUBLISHER)
    issue = make_issue(by=writer)
    workflow.submit(issue, by=writer)
    number, url = newsletter_lines(owner)["Issues to approve"]
    assert number == 1
    assert list(owner.get(url).context["cl"].queryset) == [issue]


def test_lead_80_a_stopped_issue_that_needs_a_new_approval_is_counted():
    owner = signed_in(Role.OWNER)
    writer = make_user(Role.AUTHOR, Role.PUBLISHER)
    issue = make_issue(by=writer)
    workflow.submit(issue, by=writer)
    NewsletterIssue.objects.filter(pk=issue.pk).update(state="paused", needs_approval=True)
    number, url = newsletter_lines(owner)["Issues that stopped and need a new approval"]
    assert number == 1
    assert list(owner.get(url).context["cl"].queryset) == [issue]


def test_whoever_may_not_approve_is_shown_no_queue_of_issues():
    assert newsletter_lines(signed_in(Role.COORDINATOR)) == {}
