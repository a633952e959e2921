"""LEAD-94, LEAD-126, NT-02 to NT-04: a law's own text, verbatim and as large as it asks, where a treatment is sold."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from articles.checks import article_findings
from articles.content import article_content
from articles.models import Article
from leads.letting_through import let_through
from leads.models import Contact, NewsletterIssue, PacketRequest
from leads.newsletter import composing
from leads.newsletter.checking import findings
from leads.newsletter.composing import compose
from leads.packets import making, moved, pdf, sending
from leads.packets.html import html_of
from leads.packets.page import packet_view
from stemsite.clinic import statutory
from stemsite.clinic.models import StatutoryText
from stemsite.clinic.models import statutory as records
from stemsite.mail.composing import compose as made_ready
from stemsite.mail.models import Delivery
from stemsite.publishing.gate import Refused
from stemsite.publishing.reports import older_statutes
from tests.factories import (
    LAW_SAYS,
    make_article,
    make_guide,
    make_intervention,
    make_issue,
    make_law,
    make_packet,
    make_study,
    save_draft,
    sign_and_publish,
)
from tests.markup import tree, with_class, words

pytestmark = pytest.mark.django_db

FIRST, SECOND = LAW_SAYS.split("\n\n")
AFTER = "State law allows this. It does not mean the FDA approved it."
TEACHES = "Talk with your neurologist."
"""Of the notice for pages that only teach."""


@pytest.fixture
def law(clinic):
    return make_law()


def sold_guide(**fields):
    guide = make_guide(**{"slug": "als", "offers_subject": Article.Offers.YES, **fields})
    sign_and_publish(guide)
    return guide


def shown(client, path="/conditions/als/"):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


# -- pages ------------------------------------------------------------------------------------


def test_nt_02_a_page_that_sells_carries_the_text_verbatim_before_its_first_heading(client, law):
    sold_guide()
    page = shown(client)
    [stands] = with_class(tree(client.get("/conditions/als/")), "statutes")
    assert words(stands) == f"{FIRST} {SECOND} {AFTER}"
    assert TEACHES not in page
    assert page.index(FIRST) < page.index("<h2")


def test_nt_03_it_is_as_large_as_the_title_where_the_law_wants_that(client, law):
    """The one rule of the style sheet that sets the size of the title sets the size of the text."""
    sold_guide()
    [stands] = with_class(tree(client.get("/conditions/als/")), "statute")
    assert stands.get("class").split() == ["statute", "is-largest"]
    sheet = Path("static/stemsite/css/base.css").read_text()
    assert re.search(r"^  h1, \.is-largest \{ font-size: ", sheet, re.MULTILINE)


def test_nt_03_body_size_is_enough_for_a_law_that_says_so(client, clinic):
    make_law(size_rule=StatutoryText.SizeRule.BODY)
    sold_guide()
    [stands] = with_class(tree(client.get("/conditions/als/")), "statute")
    assert stands.get("class") == "statute"


@pytest.mark.parametrize("days_ago", [None, 366])
def test_lead_126_unverified_or_older_than_twelve_months_a_page_only_teaches(client, clinic, days_ago):
    make_law(days_ago=days_ago)
    sold_guide()
    page = shown(client)
    assert FIRST not in page and TEACHES in page and AFTER not in page


@pytest.mark.parametrize("because", ["not sold", "approved", "another condition", "another jurisdiction"])
def test_lead_126_it_stands_only_where_the_law_asks_for_it(client, clinic, because):
    make_law(
        conditions="Wounds\nOsteoarthritis" if because == "another condition" else "",
        jurisdiction="US-FL" if because == "another jurisdiction" else "US",
    )
    guide = make_guide(slug="als", offers_subject="no" if because == "not sold" else "yes")
    if because == "approved":
        guide.interventions.set([make_intervention(name="Riluzole", slug="riluzole", status="approved")])
    sign_and_publish(guide)
    assert FIRST not in shown(client)


@pytest.mark.parametrize("name", ["als", "  lou  Gehrig's Disease "])
def test_lead_126_a_condition_is_known_by_any_of_its_names(client, clinic, name):
    make_law(conditions=f"Wounds\n{name}")
    sold_guide()
    assert FIRST in shown(client)


def test_lead_126_a_law_that_leaves_a_condition_out_allows_no_offer_for_it(clinic):
    make_law(conditions="Wounds")
    assert statutory.why_education_only() == ""
    assert statutory.why_education_only([["Wounds", "wounds"]]) == ""
    assert "covers" in statutory.why_education_only([["ALS", "als"]])
    assert "covers" in statutory.why_education_only([["Wounds"], ["ALS"]])


def test_nt_02_what_was_saved_before_the_law_changed_does_not_go_live(law):
    guide = make_guide(slug="als", offers_subject="yes")
    version = save_draft(guide)
    assert "NT-02" not in {finding.rule for finding in article_findings(guide, article_content(version.content))}
    make_law(text="OTHER WORDS.")
    stale = article_findings(guide, article_content(version.content))
    assert "NT-02" in {finding.rule for finding in stale if finding.severity == "block"}
    sign_and_publish(guide)
    assert [one.text for one in article_content(guide.version_for_readers().content).laws] == ["OTHER WORDS."]


def test_nt_02_no_record_no_page_that_offers(clinic):
    page = make_article(kind="service", slug="our-cells", offers_subject="yes")
    page.interventions.add(make_intervention())
    with pytest.raises(Refused) as refused:
        sign_and_publish(page)
    assert "NT-02" in {finding.rule for finding in refused.value.findings}
    make_law()
    sign_and_publish(page)


def test_lead_126_live_pages_whose_text_is_not_in_force_any_more_are_listed(law, monkeypatch):
    sold_guide()
    assert list(older_statutes()) == []
    monkeypatch.setattr(records, "HOLDS_FOR", timedelta(days=-1))
    assert [(line.label, line.why) for line in older_statutes()] == [
        ("What is ALS?", "Carries the text of Sample Code 1 as it was.")
    ]


def test_nt_02_a_study_of_what_the_clinic_sells_carries_it_too(client, law):
    study = make_study(slug="cells", offered="yes")
    sign_and_publish(study)
    [stands] = with_class(tree(client.get("/studies/cells/")), "statutes")
    assert words(stands) == f"{FIRST} {SECOND} {AFTER}"


# -- the packet -------------------------------------------------------------------------------


@pytest.fixture
def packet(law):
    packet = make_packet(guide=sold_guide())
    sign_and_publish(packet)
    return packet


def sizes(document):
    """The size in which each word of the booklet is set, the largest where it stands more than once."""
    found = {}
    made = pdf.booklet(document, made_on=timezone.localdate())
    for page in pypdf.PdfReader(io.BytesIO(made)).pages:

        def visit(text, matrix, text_matrix, font, size):
            for word in text.split():
                found[word] = max(found.get(word, 0), round(size * abs(text_matrix[3]) * abs(matrix[3]), 1))

        page.extract_text(visitor_text=visit)
    return found


def test_nt_04_the_packet_says_it_in_booklet_and_page(packet):
    document = making.document_of(packet.version_for_readers(), at=timezone.now())
    text = "\n".join(
        page.extract_text()
        for page in pypdf.PdfReader(io.BytesIO(pdf.booklet(document, made_on=timezone.localdate()))).pages
    )
    page = html_of(next(chapter.blocks for chapter in document.chapters if chapter.kind == "notice"), site_url="")
    for said in (FIRST, SECOND, AFTER):
        assert said in " ".join(text.split())
        assert said in page
    assert 'class="statute is-largest"' in page
    assert FIRST in str(packet_view(document).chapters[1].html)


def test_nt_03_in_the_booklet_nothing_is_larger_than_what_the_law_wants_largest(packet):
    found = sizes(making.document_of(packet.version_for_readers(), at=timezone.now()))
    assert found["INVENTED"] == max(found.values())


def test_nt_03_without_such_a_law_the_title_is_the_largest(clinic):
    make_law(size_rule=StatutoryText.SizeRule.BODY)
    packet = make_packet(guide=sold_guide())
    sign_and_publish(packet)
    found = sizes(making.document_of(packet.version_for_readers(), at=timezone.now()))
    assert found["INVENTED"] < max(found.values())
    assert found["INVENTED"] >= 10.2, "body size or larger (LEAD-94)"


def test_lead_126_the_letter_that_brings_the_packet_says_it_in_both_parts_and_one_size(packet):
    contact = Contact.objects.create(email="ann@example.org")
    asked = PacketRequest.objects.create(contact=contact, packet="als")
    let_through(asked)
    delivery = Delivery.objects.get(kind="packet", reference=asked.reference)
    message = made_ready(delivery, sending.packet(delivery))
    assert isinstance(message, EmailMultiAlternatives)
    html = message.alternatives[0].content
    for said in (FIRST, SECOND, AFTER):
        assert said in message.body
        assert said in html
    body = html.split("<body>")[1]
    assert not re.search(r"<h\d", body), "nothing in it is larger than its text"


def test_lead_126_a_live_packet_is_behind_once_a_law_changed_or_lapsed(packet, monkeypatch):
    assert moved.moved(packet) == ()
    monkeypatch.setattr(records, "HOLDS_FOR", timedelta(days=-1))
    assert [line.title for line in moved.moved(packet)] == ["Sample Code 1"]


# -- the newsletter ---------------------------------------------------------------------------


def test_lead_126_an_issue_that_tells_of_what_is_sold_says_it_in_both_parts_and_on_the_site(client, law):
    issue = make_issue(sold_guide())
    composed = compose(issue)
    for said in (FIRST, SECOND, AFTER):
        assert said in composed.html
        assert said in " ".join(composed.text.split())
    assert [finding for finding in findings(issue) if finding.severity == "block"] == []


def test_nt_03_in_an_issue_it_is_as_large_as_the_largest_heading(law):
    html = compose(make_issue(sold_guide())).html
    largest = max(
        int(size) for size in re.findall(r"font-size: (\d+)px|font: (?:600 )?(\d+)px", html) for size in size if size
    )
    assert f".largest {{ font-size: {largest}px" in html
    assert re.search(rf'<div class="largest">\s*<p>{FIRST}', html)


def test_lead_126_an_issue_of_what_is_not_sold_says_nothing_of_it(law):
    guide = make_guide(slug="als")
    sign_and_publish(guide)
    composed = compose(make_issue(guide))
    assert FIRST not in composed.html and FIRST not in composed.text and "statutes" not in composed.parts


def test_lead_126_without_the_words_after_it_nothing_goes_out(law, monkeypatch):
    issue = make_issue(sold_guide())
    found = composing.notices
    monkeypatch.setattr(composing, "notices", lambda kinds, *more: found(set(kinds) - {"statute_after"}, *more))
    assert "NT-02" in {finding.rule for finding in findings(NewsletterIssue.objects.get(pk=issue.pk))}
