"""PUB-142: a plain page is free of a clinician's signature only while nothing it says is medical."""

from __future__ import annotations

import pytest

from articles import content
from articles.content import ArticleContent
from articles.models import CalloutSection, FigureSection, TextSection
from articles.reviewing import all_texts, reasons_for_review
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused
from tests.factories import make_plain_page, make_reviewer, publish, save_draft
from tests.staff_forms import signed_in


def page(*sections, **fields):
    values = {"schema": 1, "title": "A policy", "slug": "policy", "summary": "How we work.", "kind": "plain"}
    return ArticleContent(**{**values, "sections": sections, **fields})


HIDDEN = {
    "title": page(title="About ALS"),
    "summary": page(summary="How we use stem cells."),
    "heading": page(content.Text(key="a", heading="Stem cells", html="<p>x</p>")),
    "text": page(content.Text(key="a", html="<p>We treat <strong>Parkinson&#x27;s</strong> here.</p>")),
    "inside a word": page(content.Text(key="a", html="<p>ste<em>m ce</em>lls</p>")),
    "point": page(content.Points(key="a", items=("Exosomes",))),
    "intro": page(content.Checklist(key="a", intro="For people with dementia", items=("x",))),
    "question": page(content.Faq(key="a", questions=(content.Question(question="Is PRP safe?", html="<p>x</p>"),))),
    "answer": page(content.Faq(key="a", questions=(content.Question(question="Why?", html="<p>Stroke.</p>"),))),
    "alt": page(content.Figure(key="a", alt="A drawing of stem cells")),
    "caption": page(content.Figure(key="a", caption="After a stroke")),
    "call to action": page(content.CallToAction(key="a", action="consultation", html="<p>Ask about arthritis.</p>")),
    "call-out": page(content.Callout(key="a", tone="know", html="<p>Ask about arthritis.</p>")),
    "claim": page(content.Text(key="a", html="<p>Satisfaction guaranteed or your money back.</p>")),
}


@pytest.mark.parametrize("where", HIDDEN)
def test_a_word_of_the_lexicon_is_found_wherever_it_stands(where):
    assert reasons_for_review(HIDDEN[where])


def test_a_page_about_opening_hours_needs_nobody():
    hours = page(content.Text(key="a", heading="Hours", html="<p>We are open on Mondays.</p><p>Call us.</p>"))
    assert reasons_for_review(hours) == ()
    assert list(all_texts(hours)) == ["A policy", "How we work.", "Hours", "We are open on Mondays.", "Call us."]


def test_a_service_page_is_signed_whatever_it_says():
    assert reasons_for_review(page(kind="service")) == ("it is not a plain page",)


def test_blocks_are_not_read_as_one_sentence():
    assert reasons_for_review(page(content.Text(key="a", html="<ul><li>stem</li><li>cells</li></ul>"))) == ()


@pytest.mark.django_db
class TestPublishing:
    @pytest.fixture
    def plain(self, clinic, publisher):
        return make_plain_page(by=publisher)

    def test_the_refusal_names_the_words(self, plain, publisher):
        TextSection.objects.filter(parent=plain).update(html="<p>Our privacy policy for stem cell therapy.</p>")
        save_draft(plain)
        with pytest.raises(Refused, match=r"No medical reviewer .* “stem cell therapy”"):
            workflow.publish(plain, by=publisher, change="major")

    def test_the_screen_says_whether_a_signature_is_needed_and_why(self, plain, publisher):
        save_draft(plain)
        client = signed_in(publisher)
        assert "not needed: a plain page" in client.get(f"/admin/pages/{plain.pk}/").content.decode()
        CalloutSection.objects.create(
            parent=plain, region="main", ordering=20, heading="Note", tone="know", html="<p>About ALS.</p>"
        )
        save_draft(plain)
        screen = client.get(f"/admin/pages/{plain.pk}/").content.decode()
        assert "needed, because it has medical words: “ALS”" in screen

    def test_a_live_plain_page_loses_its_freedom_with_the_first_medical_word_and_keeps_it_after_a_signature(
        self, plain, publisher
    ):
        publish(plain, by=publisher)
        FigureSection.objects.create(
            parent=plain, region="main", ordering=20, drawing="als-neuron", alt="A cell", caption="Stem cells"
        )
        save_draft(plain)
        with pytest.raises(Refused, match="“Stem cells”"):
            workflow.publish(plain, by=publisher, change="minor")
        version = workflow.submit(plain, by=publisher)
        workflow.sign(plain, by=make_reviewer().user, version_id=version.pk)
        workflow.publish(plain, by=publisher, change="minor")
        FigureSection.objects.all().delete()
        save_draft(plain)
        with pytest.raises(Refused, match="No medical reviewer"):
            workflow.publish(plain, by=publisher, change="minor")
