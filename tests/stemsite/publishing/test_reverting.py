"""Back to an earlier version: exactly what it said, for every kind of section (PUB-20, PUB-22)."""

import msgspec
import pytest

from articles.content import ArticleContent
from articles.freezing import restore_article
from articles.models import (
    SECTION_MODELS,
    ActionSection,
    Article,
    CalloutSection,
    ChecklistSection,
    FaqSection,
    FigureSection,
    ListSection,
    StudySection,
    TextSection,
    Topic,
)
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Version
from stemsite.serving.models import StoredPage
from studies.models import Coverage, OutcomeGroup, Registration, StudyFact, StudyPaper
from tests.factories import make_article, make_guide, make_reference, make_study, save_draft, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def full_guide(author, picture):
    """A guide with a section of every kind, each with everything it can hold."""
    cite = f'<cite data-ref="{make_reference().pk}" data-loc="p 5 &amp; 6"></cite>'
    guide = make_guide(by=author)
    guide.topics.add(Topic.objects.create(slug="als", name="ALS"))
    guide.related.add(make_article())
    study = make_study()
    sign_and_publish(study)
    common = {"parent": guide, "region": "main"}
    nested = "<ul><li><p>One</p><ul><li><p>Inside</p></li></ul></li><li>Two</li></ul>"
    rows = [
        ListSection(**common, ordering=101, heading="List", intro="First\nsecond", html=f"{nested}<p>After{cite}</p>"),
        ListSection(**common, ordering=102, html="<ol><li><p>Numbered</p><p>twice</p></li></ol>"),
        CalloutSection(**common, ordering=103, tone="emergency", html="<p>Call 911.</p>"),
        StudySection(**common, ordering=104, study=study, html=f"<p>Small{cite}.</p>"),
        FigureSection(**common, ordering=105, picture=picture().picture, alt="A spine", caption="Drawn & clear"),
        FigureSection(**common, ordering=106, drawing="trial-phases", decorative=True),
        FaqSection(
            **common,
            ordering=107,
            html=f"<p>Before.</p><h3>Is 1 &lt; 2 &amp; <em>why</em>?{cite}</h3><p>Yes.</p><p>More.</p>"
            "<h4>And?</h4><p>No.</p>",
        ),
        ChecklistSection(
            **common, ordering=108, intro="Bring:", html="<ul><li><p>A <strong>list</strong></p></li></ul>"
        ),
        ActionSection(**common, ordering=109, action="blog", html="<p>Read.</p>"),
    ]
    for row in rows:
        row.save()
    return guide


def test_pub_22_reverting_a_guide_restores_every_section_exactly(clinic, author, picture):
    guide = full_guide(author, picture)
    first = save_draft(guide)
    assert {section["type"] for section in first.content["sections"]} == {
        *("text", "list", "callout", "study", "figure", "faq", "checklist", "action")
    }
    for model in SECTION_MODELS:
        model.objects.filter(parent=guide).delete()
    TextSection.objects.create(parent=guide, region="main", ordering=1, html="<p>All new.</p>")
    guide.title, guide.slug, guide.summary = "Other", "other", "Other."
    guide.save()
    for relation in (guide.authors, guide.conditions, guide.interventions, guide.topics, guide.related):
        relation.clear()
    second = save_draft(guide)
    reverted = workflow.revert(guide, by=author, to=first)
    assert reverted.content == first.content
    assert reverted.action == Version.Action.REVERT
    assert [version.number for version in guide.versions.order_by("number")] == [first.number, second.number, 3]


def test_pub_22_a_replaced_picture_comes_back_as_it_was(clinic, author, picture):
    guide = full_guide(author, picture)
    first = save_draft(guide)
    row = FigureSection.objects.get(parent=guide, alt="A spine")
    newer = picture()
    row.picture.current = newer
    row.picture.save()
    assert save_draft(guide).content["pictures"] == [newer.pk]
    reverted = workflow.revert(guide, by=author, to=first)
    assert reverted.content == first.content
    assert workflow.revert(guide, by=author, to=first) == reverted


def test_pub_22_reverting_a_study_restores_facts_with_their_passages(clinic, author):
    study = make_study(by=author, seller_paid=True, stopped_because="slow enrolment", surrogate="a blood value")
    StudyFact.objects.filter(study=study, kind="outcome").update(passage="p 925, Table 2")
    Coverage.objects.create(
        study=study, outlet="Example News", headline="A step", url="https://news.example/a", published_on="2026-03-04"
    )
    first = save_draft(study)
    for model in (StudyFact, StudyPaper, OutcomeGroup, Registration, Coverage):
        model.objects.filter(study=study).delete()
    type(study).objects.filter(pk=study.pk).update(design="case", phase="3", seller_paid=False, primary=None)
    study.refresh_from_db()
    save_draft(study)
    assert workflow.revert(study, by=author, to=first).content == first.content
    assert StudyFact.objects.get(study=study, kind="outcome").passage == "p 925, Table 2"


def test_pub_22_reverting_touches_nothing_public(clinic, client, author):
    guide = make_guide(by=author)
    first = save_draft(guide)
    sign_and_publish(guide)
    guide.title = "Newer"
    guide.save()
    save_draft(guide)
    before = client.get("/conditions/als/")
    stored = set(StoredPage.objects.values_list("pk", flat=True))
    workflow.revert(guide, by=author, to=first)
    assert set(StoredPage.objects.values_list("pk", flat=True)) == stored
    after = client.get("/conditions/als/")
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])
    guide.refresh_from_db()
    assert guide.live_version == first


def test_reverting_counts_as_an_edit_for_whoever_has_the_form_open(clinic, author):
    guide = make_guide(by=author)
    first = save_draft(guide)
    before = guide.lock_version
    workflow.revert(guide, by=author, to=first)
    guide.refresh_from_db()
    assert guide.lock_version == before + 1


def test_a_version_of_another_page_is_no_way_back(clinic, author):
    guide, other = make_guide(by=author), make_article(by=author)
    with pytest.raises(Refused, match="another page"):
        workflow.revert(guide, by=author, to=save_draft(other))


def test_pub_90_going_back_before_the_first_publication_keeps_the_public_anchor(clinic, client, author):
    """Links to a section survive: its anchor is fixed once published, whatever its heading was before."""
    article = make_article(by=author)
    unpublished = save_draft(article)
    TextSection.objects.filter(parent=article).update(heading="What to do first")
    sign_and_publish(article)
    workflow.revert(article, by=author, to=unpublished)
    assert TextSection.objects.get(parent=article).heading == "First steps"
    sign_and_publish(article, note="Back to the first words.")
    assert b'id="what-to-do-first"' in client.get(article.live_path).content


def test_pub_90_an_anchor_that_has_become_anothers_is_not_given_twice(clinic, author):
    """A section that was never public gives way to the one that readers know by that anchor."""
    article = make_article(by=author)
    first = save_draft(article)
    row = TextSection.objects.get(parent=article)
    row.delete()
    TextSection.objects.create(parent=article, region="main", ordering=10, heading="First steps", html="<p>Anew.</p>")
    sign_and_publish(article)
    both = [*first.content["sections"], *article.live_version.content["sections"]]
    frozen = msgspec.convert({**first.content, "sections": both}, ArticleContent)
    restore_article(Article.objects.get(pk=article.pk), frozen)
    assert [(row.ordering, row.anchor) for row in TextSection.objects.filter(parent=article).order_by("ordering")] == [
        (10, ""),
        (20, "first-steps"),
    ]
