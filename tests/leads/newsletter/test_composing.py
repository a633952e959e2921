"""What an issue says: cards of live pages, pinned; notices; both bodies (LEAD-74, LEAD-65, LEAD-66)."""

from __future__ import annotations

import pytest

from leads.models import IssueCard
from leads.newsletter import workflow
from leads.newsletter.checking import findings
from leads.newsletter.composing import LEAVE, PREFERENCES, compose
from stemsite.clinic.models import Clinic
from stemsite.publishing import workflow as publishing
from stemsite.publishing.gate import Refused
from studies.integrity import record_event
from tests.factories import (
    make_article,
    make_guide,
    make_issue,
    make_live_article,
    make_study,
    make_user,
    save_draft,
    sign_and_publish,
)

pytestmark = pytest.mark.django_db


def blocking(issue):
    return [finding.message for finding in findings(issue) if finding.severity == "block"]


def live(page):
    sign_and_publish(page)
    return page


def test_an_issue_of_live_pages_is_ready():
    """LEAD-74"""
    assert blocking(make_issue(make_live_article(), live(make_study()))) == []


def test_lead_74_a_card_shows_the_version_that_was_live_when_the_issue_was_saved(publisher):
    article = make_live_article(title="The first title")
    issue = make_issue(article)
    article.title = "Another title"
    article.save()
    save_draft(article)
    assert "The first title" in compose(issue).text
    assert "Another title" not in compose(issue).html
    sign_and_publish(article, note="Better words.")
    assert blocking(issue) == ["“Another title” was published anew. Save the issue: it takes what is live now."]
    workflow.saved(issue, by=publisher)
    assert blocking(issue) == []
    assert "Another title" in compose(issue).text


@pytest.mark.parametrize("state", ["never published", "withdrawn"])
def test_lead_74_nothing_that_is_not_live_enters(owner, state):
    article = make_article()
    if state == "withdrawn":
        sign_and_publish(article)
        publishing.withdraw(article, by=owner, kind="outdated", reason="It is old.")
    issue = make_issue(article)
    assert any("Only live pages enter" in message for message in blocking(issue))
    with pytest.raises(Refused, match="Only live pages enter"):
        workflow.submit(issue, by=issue.created_by)


@pytest.mark.parametrize("kind", ["retracted", "partly retracted", "concern"])
def test_lead_74_a_study_under_concern_cannot_enter(kind, owner):
    study = live(make_study())
    issue = make_issue(study)
    record_event(study.primary, kind=kind, source="test", by=owner)
    assert any("under concern" in message for message in blocking(issue))


def test_an_article_that_cites_a_retracted_paper_is_looked_at_again(owner):
    guide = live(make_guide())
    issue = make_issue(guide)
    reference = guide.live_version.uses.get(kind="reference").object_id
    from studies.models import Reference

    record_event(Reference.objects.get(pk=reference), kind="retracted", source="test", by=owner)
    assert blocking(issue) == []
    assert any(finding.severity == "warn" and "retracted" in finding.message for finding in findings(issue))


def test_lead_65_a_subject_names_no_condition():
    guide = live(make_guide())
    assert any("names a condition (ALS)" in message for message in blocking(make_issue(guide, subject="News on ALS")))
    assert blocking(make_issue(guide, subject="Also new")) == []


def test_lead_65_no_address_in_the_letter_names_a_condition():
    guide = live(make_guide())
    words = '<p>Read <a href="/conditions/als/">our guide</a> or <a href="/contact/">write to us</a>.</p>'
    composed = compose(make_issue(guide, introduction=words))
    for body in (composed.text, composed.html):
        assert "/conditions/" not in body
        assert f"/read/{guide.pk}/" in body
        assert "http://127.0.0.1:8000/contact/" in body


def test_lead_66_the_status_notice_stands_in_both_parts_where_a_product_is_not_approved():
    with_product = compose(make_issue(live(make_study())))
    without = compose(make_issue())
    for body in (with_product.text, with_product.html):
        assert "Not approved by the FDA." in body
    for body in (without.text, without.html):
        assert "Not approved by the FDA." not in body
        assert "This page does not replace medical advice." in " ".join(body.split())


def test_evd_71_a_study_is_never_told_without_its_other_side():
    composed = compose(make_issue(live(make_study())))
    text = " ".join(composed.text.split())
    assert "13 declined faster" in text and "how many people died" in text


def test_lead_119_an_issue_without_a_postal_address_is_refused(publisher):
    issue = make_issue()
    Clinic.objects.update(address="")
    with pytest.raises(Refused, match="postal address"):
        workflow.start(issue, by=publisher)


def test_both_bodies_have_the_readers_two_links_the_address_and_nothing_from_elsewhere():
    """LEAD-48, LEAD-65, LEAD-119, look: mails are plain letters."""
    composed = compose(make_issue())
    for body in (composed.text, composed.html):
        assert LEAVE in body and PREFERENCES in body
        assert "1 Example Street" in body and "Columbus, OH 43004" in body
    assert "<img" not in composed.html and "src=" not in composed.html and "<script" not in composed.html
    assert max(len(line) for line in composed.text.splitlines() if "http" not in line) <= 60
    assert max(len(line.encode()) for line in composed.html.splitlines()) <= 998


def test_the_same_rows_give_the_same_bytes():
    issue = make_issue(make_live_article(), live(make_study()))
    assert compose(issue).content_hash == compose(issue).content_hash


def test_what_cannot_stand_in_a_letter_is_taken_out():
    """SEC-05: whatever wrote it."""
    words = (
        '<p>One <script>alert(1)</script><a href="javascript:x()">two</a><cite data-ref="3"></cite></p><table></table>'
    )
    issue = make_issue(introduction=words)
    composed = compose(issue)
    for found in ("<script", "javascript", "<cite"):
        assert found not in composed.html
    assert any("no list of sources" in message for message in blocking(issue))


def test_an_empty_issue_says_everything_that_is_missing_at_once():
    issue = make_issue(introduction="", signature="")
    IssueCard.objects.filter(issue=issue).delete()
    said = " ".join(blocking(issue))
    for words in ("introduction", "who writes", "Add a live article"):
        assert words in said


def test_only_staff_who_write_issues_save_them():
    issue = make_issue()
    with pytest.raises(Refused, match="does not allow"):
        workflow.saved(issue, by=make_user())
