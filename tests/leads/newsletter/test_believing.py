"""An issue waits while receivers would not believe whom it comes from, unless the owner gives a reason (LEAD-73)."""

from __future__ import annotations

import pytest
from django.conf import settings as site

from leads.models import IssueStep, NewsletterIssue
from leads.newsletter import believing, workflow
from leads.newsletter.steps import State
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.mail.domain import Unanswered
from stemsite.publishing.gate import Refused
from tests.factories import make_issue, make_user
from tests.staff import signed_in
from tests.staff_forms import form_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]

GOOD = {
    "clinic.example": ["v=spf1 a -all"],
    "k._domainkey.clinic.example": ["v=DKIM1; k=ed25519; p=AAAA"],
    "_dmarc.clinic.example": ["v=DMARC1; p=reject"],
}
SUBJECTS = {"SPF": "clinic.example", "DKIM": "k._domainkey.clinic.example", "DMARC": "_dmarc.clinic.example"}


@pytest.fixture
def world(settings, monkeypatch):
    """What the network says of a public site that sends by a relay; a test changes it."""
    settings.IS_TRIAL = False
    settings.NEWSLETTER_MAIL_URL = "smtps://relay.example"
    settings.NEWSLETTER_FROM, settings.MAIL_BOUNCES = "news@clinic.example", "bounces@clinic.example"
    settings.MAIL_DKIM_SELECTOR = "k"
    records = dict(GOOD)

    class Network:
        def texts(self, name):
            if records.get(name) == "silence":
                raise Unanswered("Timeout")
            return records.get(name, [])

    monkeypatch.setattr(believing, "Network", Network)
    return records


@pytest.fixture
def owner():
    return make_user(Role.OWNER)


def state(issue):
    return NewsletterIssue.objects.get(pk=issue.pk).state


@pytest.mark.parametrize("subject", SUBJECTS)
def test_lead_73_an_issue_does_not_start_while_one_of_the_three_fails(world, subject):
    publisher = make_user(Role.AUTHOR, Role.PUBLISHER)
    issue = make_issue(by=publisher)
    world[SUBJECTS[subject]] = []
    for despite in ("", "Never mind."):
        with pytest.raises(Refused) as refused:
            workflow.start(issue, by=publisher, despite=despite)
        said = [finding.message for finding in refused.value.findings]
        assert said[0].startswith(f"{subject}: ") and said[-1] == believing.OWNERS_WAY and len(said) == 2
    assert state(issue) == State.DRAFT
    world.update(GOOD)
    workflow.start(issue, by=publisher)
    assert state(issue) == State.SENDING
    assert IssueStep.objects.get(verb="start").note == ""


def test_lead_73_the_owner_sends_all_the_same_with_a_reason_that_stays_on_record(world, owner):
    issue = make_issue(by=owner)
    world[SUBJECTS["DKIM"]] = world[SUBJECTS["DMARC"]] = []
    with pytest.raises(Refused, match="The owner may send with a reason"):
        workflow.start(issue, by=owner, despite="  ")
    workflow.start(issue, by=owner, despite="The records are set today.")
    told = "Sent although DKIM, DMARC failed: The records are set today."
    assert IssueStep.objects.get(verb="start").note == told
    assert AuditEvent.objects.get(verb="newsletter issue start").note == told


def test_lead_73_silence_is_no_failure_and_without_a_relay_nobody_is_asked(world, owner, settings):
    world.update(dict.fromkeys(GOOD, "silence"))
    workflow.start(make_issue(by=owner), by=owner)
    world.clear()
    settings.NEWSLETTER_MAIL_URL = ""
    workflow.start(make_issue(by=owner), by=owner)
    settings.NEWSLETTER_MAIL_URL, settings.IS_TRIAL = "smtps://relay.example", True
    workflow.start(make_issue(by=owner), by=owner)
    assert set(NewsletterIssue.objects.values_list("state", flat=True)) == {State.SENDING}


@pytest.mark.parametrize(("roles", "offered"), [((Role.PUBLISHER,), False), ((Role.OWNER,), True)])
def test_lead_73_the_screen_says_what_to_mend_and_asks_the_owner_for_a_reason(world, settings, roles, offered):
    world[SUBJECTS["SPF"]] = []
    desk = signed_in(*roles)
    issue = make_issue(by=desk.user)
    address = f"/admin/leads/newsletterissue/{issue.pk}/sending/"
    data = form_of(desk.get(address), action=f"{address}start/")
    assert ("start-despite" in data) is offered
    answer = desk.post(f"{address}start/", data)
    assert answer.status_code == 422 and "SPF: clinic.example has no SPF record." in answer.content.decode()
    reason = {"start-despite": "The record is set today."}
    assert desk.post(f"{address}start/", {**data, **reason}).status_code == (303 if offered else 422)
    assert state(issue) == (State.SENDING if offered else State.DRAFT)


def test_nothing_is_asked_of_the_network_in_a_trial():
    assert site.IS_TRIAL and list(believing.doubts()) == []
