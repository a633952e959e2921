"""An issue begins with one reader in a hundred and waits until somebody continues (LEAD-76)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from leads.models import IssueRun, IssueStep, NewsletterIssue
from leads.newsletter import pacing, sending, workflow
from leads.newsletter.progress import progress_of
from stemsite.access import Role
from stemsite.mail.models import Delivery
from stemsite.publishing.gate import Refused, Stale
from tests.factories import make_issue, make_reader, make_user, make_wordings
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

State = NewsletterIssue.State


@pytest.fixture(autouse=True)
def _house(db):
    make_wordings()


@pytest.fixture
def begin_with_few():
    def start(number: int, **fields) -> NewsletterIssue:
        for _ in range(number):
            make_reader()
        issue = make_issue(**fields)
        Delivery.objects.filter(batch="").delete()
        workflow.start(issue, by=issue.created_by, first_only=True)
        IssueRun.objects.filter(issue=issue).update(starts_at=timezone.now())
        return NewsletterIssue.objects.get(pk=issue.pk)

    return start


def again(issue: NewsletterIssue) -> NewsletterIssue:
    return NewsletterIssue.objects.select_related("run").get(pk=issue.pk)


def sent(issue: NewsletterIssue) -> int:
    return Delivery.objects.filter(batch=issue.batch, state=Delivery.State.SENT).count()


@pytest.mark.parametrize(("recipients", "first"), [(1, 1), (99, 1), (100, 1), (101, 2), (10_000, 100)])
def test_lead_76_the_first_letters_are_one_in_a_hundred_and_one_at_least(recipients, first):
    assert pacing.first_letters(recipients) == first


def test_lead_76_nothing_goes_after_the_first_letters_until_somebody_continues(begin_with_few, work, post_office):
    issue = begin_with_few(101)
    work()
    assert (sent(issue), len(post_office.letters), again(issue).state) == (2, 2, State.SENDING)
    assert again(issue).run.is_holding
    for _ in range(3):
        sending.advance()
    assert sent(issue) == 2, "turns alone let nothing go"
    workflow.go_on(issue, by=issue.created_by)
    work(200)
    assert (sent(issue), again(issue).state) == (101, State.FINISHED)
    verbs = list(issue.steps.order_by("pk").values_list("verb", "by"))
    assert verbs[-3:] == [("hold", None), ("continue", issue.created_by_id), ("finish", None)]


def test_lead_76_a_pause_between_does_not_count_as_continuing(begin_with_few, work, post_office):
    issue = begin_with_few(101)
    work()
    workflow.pause(issue, by=issue.created_by, reason="")
    workflow.resume(issue, by=issue.created_by)
    work()
    assert sent(issue) == 2 and again(issue).run.is_holding
    workflow.cancel(issue, by=issue.created_by, reason="No.")
    work(200)
    assert sent(issue) == 2 and again(issue).run.finished_at is not None and not again(issue).run.is_holding


def test_lead_76_an_issue_for_one_reader_waits_for_nobody(begin_with_few, work, post_office):
    issue = begin_with_few(1)
    work()
    assert (sent(issue), again(issue).state, again(issue).run.held_at) == (1, State.FINISHED, None)


def test_lead_76_without_the_wish_all_go(begin, work, post_office):
    for _ in range(3):
        make_reader()
    issue = begin(make_issue())
    work()
    assert sent(issue) == 3


def test_lead_76_whoever_may_send_is_told_once_that_the_rest_waits(begin_with_few, work, post_office):
    issue = begin_with_few(101)
    work()
    for _ in range(3):
        sending.advance()
    letters = Delivery.objects.filter(kind="issue_held")
    assert letters.count() == len({letter.to for letter in letters}) >= 1
    assert issue.created_by.email in {letter.to for letter in letters}
    assert issue.steps.filter(verb=IssueStep.Verb.HOLD).count() == 1


def test_lead_76_continuing_needs_the_right_and_something_that_is_held(begin_with_few, work, post_office):
    issue = begin_with_few(101)
    with pytest.raises(Stale):
        workflow.go_on(issue, by=issue.created_by)
    work()
    with pytest.raises(Refused):
        workflow.go_on(issue, by=make_user(Role.AUTHOR))
    workflow.go_on(issue, by=issue.created_by)
    with pytest.raises(Stale):
        workflow.go_on(issue, by=issue.created_by)


def test_lead_76_asked_for_seen_and_continued_on_the_screen(work, post_office):
    editor = signed_in(Role.AUTHOR, Role.PUBLISHER)
    for _ in range(101):
        make_reader()
    issue = make_issue(by=editor.user)
    area = f"/admin/leads/newsletterissue/{issue.pk}"
    assert editor.post(f"{area}/sending/start/", {"start-first_only": "on"}).status_code == 303
    IssueRun.objects.update(starts_at=timezone.now())
    assert "Let the rest go" not in editor.get(f"{area}/sending/").content.decode()
    work()
    page = editor.get(f"{area}/sending/").content.decode()
    assert "The first 2 of 101 letters went out." in page and "Let the rest go" in page
    assert progress_of(again(issue)).ends_about is None, "nobody knows when the rest goes"
    assert "Issues that wait after their first letters" in editor.get("/admin/").content.decode()
    assert editor.post(f"{area}/sending/continue/").status_code == 303
    assert "Let the rest go" not in editor.get(f"{area}/sending/").content.decode()


def test_lead_76_the_database_holds_only_what_was_to_be_held(begin_with_few):
    issue = begin_with_few(1)
    runs = IssueRun.objects.filter(issue=issue)
    for values in (
        {"continued_at": timezone.now()},
        {"first_only": False, "held_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            runs.update(**values)
