"""The way of an issue: who may take which step, what an approval binds to, and what voids it (LEAD-75, LEAD-137)."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from leads.models import IssueRun, NewsletterIssue
from leads.newsletter import workflow
from leads.newsletter.steps import STEPS, State, Verb
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.clinic.models import Clinic
from stemsite.mail.models import Delivery, Pause
from stemsite.publishing.gate import Refused, Stale
from tests.factories import make_issue, make_reviewer, make_user

pytestmark = pytest.mark.django_db

MEDICAL = "<p>Dear reader,</p><p>we write about how ALS is treated.</p>"


@pytest.fixture
def writer(db):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


@pytest.fixture
def other(db):
    return make_user(Role.PUBLISHER)


def team():
    Clinic.objects.update(review_policy="team")


def reloaded(issue) -> NewsletterIssue:
    return NewsletterIssue.objects.get(pk=issue.pk)


def edit(issue, by, **fields):
    for name, value in fields.items():
        setattr(issue, name, value)
    issue.save()
    workflow.saved(issue, by=by)
    return reloaded(issue)


def test_lead_137_two_people_send_live_content_after_ten_minutes_in_which_it_can_be_recalled(writer, other):
    issue = make_issue(by=writer)
    run = workflow.start(issue, by=writer)
    assert datetime.timedelta(minutes=9) < run.starts_at - timezone.now() <= datetime.timedelta(minutes=10)
    assert reloaded(issue).state == State.SENDING
    workflow.recall(issue, by=other)
    assert reloaded(issue).state == State.DRAFT and not IssueRun.objects.exists()


def test_lead_137_after_the_ten_minutes_it_is_paused_or_cancelled_but_not_recalled(writer):
    issue = make_issue(by=writer)
    workflow.start(issue, by=writer)
    IssueRun.objects.update(starts_at=timezone.now())
    with pytest.raises(Stale, match="cannot be recalled"):
        workflow.recall(issue, by=writer)


def test_lead_137_a_team_approves_by_a_second_person_and_sends_at_once(writer, other):
    issue = make_issue(by=writer)
    team()
    with pytest.raises(Refused, match="second person's approval"):
        workflow.start(issue, by=writer)
    edition = workflow.submit(issue, by=writer)
    workflow.approve(issue, by=other, edition_id=edition.pk)
    run = workflow.start(issue, by=writer)
    assert run.starts_at <= timezone.now()


def test_lead_75_whoever_edited_last_does_not_approve(writer, other):
    team()
    issue = make_issue(by=writer)
    team()
    edition = workflow.submit(issue, by=writer)
    with pytest.raises(Refused, match="last to edit"):
        workflow.approve(issue, by=writer, edition_id=edition.pk)


def test_lead_75_medical_words_of_its_own_are_approved_by_the_clinician_of_two_people(writer, other):
    """“Under two_people the other of the two”: with a medical sentence, one of them is a valid reviewer."""
    issue = make_issue(by=writer, introduction=MEDICAL)
    with pytest.raises(Refused, match="speak about medicine"):
        workflow.start(issue, by=writer)
    edition = workflow.submit(issue, by=writer)
    with pytest.raises(Refused, match="medical reviewer approves"):
        workflow.approve(issue, by=other, edition_id=edition.pk)
    lapsed = make_reviewer(licence_valid_until=timezone.localdate() - datetime.timedelta(days=1)).user
    with pytest.raises(Refused):
        workflow.approve(issue, by=lapsed, edition_id=edition.pk)
    workflow.approve(issue, by=make_reviewer().user, edition_id=edition.pk)
    assert reloaded(issue).state == State.APPROVED


def test_lead_75_in_a_team_a_reviewer_without_further_role_approves_nothing_but_medical_words(writer):
    issue = make_issue(by=writer)
    team()
    edition = workflow.submit(issue, by=writer)
    with pytest.raises(Refused, match="publisher or the owner"):
        workflow.approve(issue, by=make_reviewer().user, edition_id=edition.pk)


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.APPROVED])
@pytest.mark.parametrize(
    "change",
    [{"subject": "Another subject"}, {"introduction": "<p>Other words.</p>"}, {"signature": "Somebody else"}],
)
def test_lead_75_any_edit_voids_what_was_submitted_or_approved(writer, other, state, change):
    issue = make_issue(by=writer)
    edition = workflow.submit(issue, by=writer)
    if state == State.APPROVED:
        workflow.approve(issue, by=other, edition_id=edition.pk)
    issue = edit(reloaded(issue), writer, **change)
    assert (issue.state, issue.edition) == (State.DRAFT, None)
    with pytest.raises(Refused):
        workflow.approve(issue, by=other, edition_id=edition.pk)


def test_a_save_that_changes_no_word_keeps_the_approval(writer, other):
    issue = make_issue(by=writer)
    edition = workflow.submit(issue, by=writer)
    workflow.approve(issue, by=other, edition_id=edition.pk)
    assert edit(reloaded(issue), writer, per_second=5).state == State.APPROVED


def test_lead_75_an_approval_binds_to_both_bodies_whatever_changed_them(writer, other):
    issue = make_issue(by=writer)
    team()
    edition = workflow.submit(issue, by=writer)
    workflow.approve(issue, by=other, edition_id=edition.pk)
    NewsletterIssue.objects.filter(pk=issue.pk).update(introduction="<p>Past every form.</p>")
    with pytest.raises(Refused, match="no longer the one that was approved"):
        workflow.start(issue, by=other)


def test_an_edition_that_was_not_read_is_not_approved(writer, other):
    issue = make_issue(by=writer)
    edition = workflow.submit(issue, by=writer)
    with pytest.raises(Stale, match="changed while you were reading"):
        workflow.approve(issue, by=other, edition_id=edition.pk + 1)


def test_sending_back_needs_words_and_tells_the_writer(writer, other):
    issue = make_issue(by=writer)
    workflow.submit(issue, by=writer)
    with pytest.raises(Refused, match="what should change"):
        workflow.send_back(issue, by=other, reason=" ")
    workflow.send_back(issue, by=other, reason="Say who writes.")
    assert reloaded(issue).state == State.DRAFT
    assert [letter.to for letter in Delivery.objects.of_kind("issue_sent_back")] == [writer.email]


def test_lead_75_each_step_is_on_record_with_its_edition(writer, other):
    """LEAD-84: by whom, on which content."""
    issue = make_issue(by=writer)
    edition = workflow.submit(issue, by=writer)
    workflow.approve(issue, by=other, edition_id=edition.pk)
    workflow.start(issue, by=writer)
    workflow.cancel(issue, by=writer, reason="Not now.")
    steps = list(issue.steps.order_by("pk"))
    assert [step.verb for step in steps] == ["create", "submit", "approve", "start", "cancel"]
    assert [step.by for step in steps] == [writer, writer, other, writer, writer]
    assert {step.edition_id for step in steps[1:]} == {edition.pk}
    verbs = list(AuditEvent.objects.filter(object_type="leads.newsletterissue").values_list("verb", flat=True))
    assert verbs == [f"newsletter issue {verb}" for verb in ("create", "submit", "approve", "start", "cancel")]


def test_an_edition_and_a_step_are_never_changed(writer):
    issue = make_issue(by=writer)
    edition = workflow.submit(issue, by=writer)
    with pytest.raises(TypeError):
        edition.save()
    with pytest.raises(TypeError):
        issue.steps.update(note="x")


def test_a_paused_issue_that_is_edited_needs_another_approval(writer, other):
    issue = make_issue(by=writer)
    workflow.start(issue, by=writer)
    workflow.pause(issue, by=writer, reason="A typo.")
    assert Pause.objects.get().name == issue.batch
    issue = edit(reloaded(issue), writer, introduction="<p>Without the typo.</p>")
    assert (issue.state, issue.needs_approval) == (State.PAUSED, True)
    with pytest.raises(Refused, match="second person"):
        workflow.resume(issue, by=writer)
    edition = workflow.edition_to_read(issue)
    workflow.approve(issue, by=other, edition_id=edition.pk)
    assert reloaded(issue).edition == edition
    workflow.resume(issue, by=writer)
    assert reloaded(issue).state == State.SENDING and not Pause.objects.exists()


def test_a_paused_issue_that_nobody_touched_goes_on_as_it_was(writer):
    issue = make_issue(by=writer)
    workflow.start(issue, by=writer)
    workflow.pause(issue, by=writer, reason="")
    workflow.resume(issue, by=writer)
    assert reloaded(issue).state == State.SENDING


@pytest.mark.parametrize("state", list(State))
def test_lead_75_what_the_table_lacks_is_refused(writer, other, state):
    issue = make_issue(by=writer)
    edition = workflow.keep_edition(issue, by=writer)
    NewsletterIssue.objects.filter(pk=issue.pk).update(state=state, edition=edition)
    team()
    acts = {
        Verb.SUBMIT: lambda: workflow.submit(issue, by=writer),
        Verb.RETURN: lambda: workflow.send_back(issue, by=other, reason="x"),
        Verb.START: lambda: workflow.start(issue, by=writer),
        Verb.PAUSE: lambda: workflow.pause(issue, by=writer, reason="x"),
        Verb.RESUME: lambda: workflow.resume(issue, by=writer),
        Verb.CANCEL: lambda: workflow.cancel(issue, by=writer),
    }
    for verb, act in acts.items():
        if state not in STEPS[verb].before:
            with pytest.raises(Refused), transaction.atomic():
                act()
    assert reloaded(issue).state == state


def test_lead_75_roles(writer):
    issue = make_issue(by=writer)
    team()
    author, coordinator = make_user(Role.AUTHOR), make_user(Role.COORDINATOR)
    for person in (author, coordinator):
        for act in (workflow.start, workflow.cancel):
            with pytest.raises(Refused, match="role does not allow"):
                act(issue, by=person)
    with pytest.raises(Refused, match="role does not allow"):
        workflow.submit(issue, by=coordinator)
    workflow.submit(issue, by=author)


@pytest.mark.database
def test_the_database_refuses_an_issue_on_its_way_without_an_edition(writer):
    issue = make_issue(by=writer)
    with pytest.raises(IntegrityError), transaction.atomic():
        NewsletterIssue.objects.filter(pk=issue.pk).update(state=State.SENDING)


def test_saving_a_form_moves_no_state(writer):
    issue = make_issue(by=writer)
    stale = reloaded(issue)
    workflow.start(issue, by=writer)
    stale.subject = "Typed meanwhile"
    stale.save()
    assert reloaded(issue).state == State.SENDING
