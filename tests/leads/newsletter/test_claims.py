"""LEAD-74: an issue passes the same content checks as an article, with the finding beside its field."""

from __future__ import annotations

import pytest
from django.urls import reverse

from leads.newsletter import workflow
from leads.newsletter.checking import findings, why_a_clinician_reads
from stemsite.access import Role
from stemsite.publishing.gate import Refused
from tests.factories import make_user
from tests.factories.issues import make_issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    return make_user(Role.AUTHOR, Role.PUBLISHER, Role.OWNER)


def claims(issue):
    return {(one.field, one.severity) for one in findings(issue) if one.rule.startswith("CL-")}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("subject", "We guarantee results"),
        ("introduction", "<p>Our stem cells cure ALS.</p>"),
        ("introduction", "<p>Conditions we treat:</p><ul><li>Stroke</li></ul>"),
        ("introduction", "<p>Our st\u00adem cells c\u200bure ALS.</p>"),
        ("signature", "The world's only proven treatment team"),
    ],
)
def test_lead_74_a_claim_in_the_letter_stops_its_approval(writer, field, words):
    issue = make_issue(by=writer, **{field: words})
    assert (field, "block") in claims(issue)
    with pytest.raises(Refused) as refused:
        workflow.submit(issue, by=writer)
    assert any(one.field == field and one.rule.startswith("CL-") for one in refused.value.findings)
    with pytest.raises(Refused):
        workflow.start(issue, by=writer)


def test_lead_74_words_about_a_card_are_read_as_well(writer):
    issue = make_issue(by=writer)
    issue.cards.update(words="A miracle for families.")
    assert ("cards", "block") in claims(issue)


def test_lead_74_a_warning_is_told_and_stops_nothing(writer):
    issue = make_issue(by=writer, introduction="<p>Call now.</p>")
    assert claims(issue) == {("introduction", "warn")}
    workflow.submit(issue, by=writer)


def test_lead_74_an_honest_letter_gives_no_finding(writer):
    assert claims(make_issue(by=writer)) == set()


@pytest.mark.parametrize("words", ["Ask about Crohn’s disease.", "Wharton's jelly is in the news.", "A miracle."])
def test_lead_137_words_of_the_lexicon_are_medical_words(writer, words):
    assert why_a_clinician_reads(make_issue(by=writer, introduction=f"<p>{words}</p>"))


def test_lead_137_a_plain_greeting_is_not_medical(writer):
    assert why_a_clinician_reads(make_issue(by=writer)) == ()


def test_lead_74_the_screen_shows_the_finding_and_the_way_to_its_field(client, writer):
    issue = make_issue(by=writer, subject="We guarantee results")
    client.force_login(writer)
    html = client.get(reverse("admin:leads_newsletterissue_sending", args=[issue.pk])).content.decode()
    assert "Stops approval" in html and "#id_subject" in html
    assert next(one for one in findings(issue) if one.rule == "CL-05").message.split("”")[1].strip()[:20] in html
