"""The gate: everything that is missing, in one list, at every door (PUB-05, PUB-12, PUB-52)."""

import datetime
import re

import pytest
from django.utils import timezone

from articles.models import Article, CalloutSection, FaqSection, FigureSection, ListSection, StudySection, TextSection
from stemsite.clinic.models import Wording
from stemsite.publishing import scheduling, workflow
from stemsite.publishing.gate import Refused, findings
from stemsite.publishing.models import Page, Version
from stemsite.publishing.versions import frozen
from studies.models import OutcomeGroup, Study, StudyFact
from tests.factories import (
    make_article,
    make_guide,
    make_intervention,
    make_plain_page,
    make_reference,
    make_study,
    publish,
    save_draft,
    sign_and_publish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def blocking(page):
    from stemsite.publishing.families import family_of

    found = findings(page, family_of(page).parse(frozen(page)[0]))
    return [finding for finding in found if finding.severity == "block"]


@pytest.fixture
def empty(clinic, author):
    """A guide of which only the title is written."""
    guide = Article(title="A guide", kind="guide", subject="condition", created_by=author)
    guide.save()
    return guide


EMPTY_FIELDS = {"slug", "summary", "sections", "authors", "conditions"}


def test_pub_05_a_draft_saves_with_only_a_title(empty, author):
    assert workflow.saved(empty, by=author).title == "A guide"


def test_pub_05_submitting_names_all_that_is_missing_each_with_its_field(empty, author):
    workflow.saved(empty, by=author)
    with pytest.raises(Refused) as refused:
        workflow.submit(empty, by=author)
    assert {finding.field for finding in refused.value.findings} >= EMPTY_FIELDS
    empty.refresh_from_db()
    assert empty.draft_state == "draft"


def test_pub_05_publishing_and_scheduling_name_the_same_and_the_signature(empty, author, publisher):
    workflow.saved(empty, by=author)
    soon = timezone.now() + datetime.timedelta(hours=1)
    for attempt in (
        lambda: workflow.publish(empty, by=publisher, change="major"),
        lambda: scheduling.schedule_publish(empty, by=publisher, due_at=soon, change="major"),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert {finding.field for finding in refused.value.findings} >= EMPTY_FIELDS
        assert "No medical reviewer" in str(refused.value)


def test_pub_05_signing_asks_again(clinic, author, reviewer):
    guide = make_guide(by=author)
    save_draft(guide)
    workflow.submit(guide, by=author)
    TextSection.objects.filter(parent=guide).delete()
    guide.authors.clear()
    version = workflow.saved(guide, by=author)
    with pytest.raises(Refused) as refused:
        workflow.sign(guide, by=reviewer, version_id=version.pk)
    assert {finding.field for finding in refused.value.findings} >= {"sections", "authors"}


def test_pub_12_a_page_that_shows_a_study_which_is_not_live_is_refused_with_the_way_to_it(clinic, author):
    study = make_study()
    guide = make_guide(by=author)
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study)
    save_draft(guide)
    with pytest.raises(Refused) as refused:
        workflow.submit(guide, by=author)
    [finding] = refused.value.findings
    assert finding.rule == "PUB-12"
    assert finding.url == f"/admin/studies/study/{study.pk}/change/"
    sign_and_publish(study)
    workflow.submit(guide, by=author)


def test_pub_12_withdrawn_counts_as_not_live(clinic, author, publisher):
    study = make_study()
    sign_and_publish(study)
    workflow.withdraw(study, by=publisher, kind="outdated", reason="Newer results are out.")
    guide = make_guide(by=author)
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study)
    assert [finding.rule for finding in blocking(guide)] == ["PUB-12"]


def test_pub_52_notices_follow_from_the_data_and_cannot_be_left_out(clinic):
    guide = make_guide()
    assert {notice["kind"] for notice in frozen(guide)[0]["notices"]} == {
        *("status", "conflict_no", "support", "disclaimer")
    }
    guide.interventions.set([make_intervention(status="approved")])
    assert "status" not in {notice["kind"] for notice in frozen(guide)[0]["notices"]}


def test_pub_52_a_wording_that_is_missing_stops_the_page(clinic, author):
    Wording.objects.filter(kind__in=["status", "disclaimer"]).delete()
    guide = make_guide(by=author)
    Wording.objects.filter(kind__in=["status", "disclaimer"]).delete()
    assert [finding.rule for finding in blocking(guide)] == ["NT-01", "NT-01"]


def test_pub_100_a_figure_needs_alternative_text_or_the_mark_decorative(clinic, picture):
    guide = make_guide()
    row = FigureSection.objects.create(
        parent=guide, region="main", ordering=25, picture=picture().picture, alt="IMG_2041.jpg"
    )
    [finding] = blocking(guide)
    assert (finding.rule, finding.field) == ("PUB-100", str(row.key))
    FigureSection.objects.update(alt="", decorative=True)
    assert blocking(guide) == []


def test_an_unknown_citation_and_a_retired_source_are_findings(clinic):
    guide = make_guide()
    TextSection.objects.filter(parent=guide, role="harms").update(html='<p>It helps.<cite data-ref="4711"></cite></p>')
    assert "reference 4711" in blocking(guide)[0].message


def test_a_studys_texts_cite_only_sources_that_exist_and_stand(clinic):
    """PUB-92, PUB-24: unknown and retired references are findings on the text that cites them."""
    retired = make_reference(is_retired=True)
    study = make_study(
        methods='<p>So.<cite data-ref="999999"></cite></p>', limits=f'<p>No.<cite data-ref="{retired.pk}"></cite></p>'
    )
    assert [(finding.field, finding.message.split(". ")[0].split()[-1]) for finding in blocking(study)] == [
        ("methods", "exist"),
        ("limits", "retired"),
    ]
    assert [finding.field for finding in blocking(make_study(primary=retired))] == ["primary"]


@pytest.mark.parametrize(
    ("section", "field"),
    [
        (lambda guide: ListSection(parent=guide, region="main", ordering=99, heading="Empty"), "no items"),
        (lambda guide: FaqSection(parent=guide, region="main", ordering=99, html="<p>No heading.</p>"), "question"),
        (lambda guide: CalloutSection(parent=guide, region="main", ordering=99, html=""), "empty"),
    ],
)
def test_empty_sections_are_findings_on_the_section(clinic, section, field):
    guide = make_guide()
    row = section(guide)
    row.save()
    [finding] = blocking(guide)
    assert finding.field == str(row.key)
    assert field in finding.message


@pytest.mark.parametrize("slug", ["blog", "studies", "search", "contact", "admin", "accounts", "newsletter", "people"])
def test_an_address_of_the_site_itself_is_not_given_to_a_page(clinic, slug):
    [finding] = blocking(make_plain_page(slug=slug))
    assert (finding.field, f"/{slug}/" in finding.message) == ("slug", True)


def test_an_address_of_another_page_is_refused_in_words(clinic, publisher):
    publish(make_plain_page(title="First", slug="privacy"))
    second = make_plain_page(title="Second", slug="privacy")
    save_draft(second)
    with pytest.raises(Refused, match="belongs to “First”"):
        workflow.publish(second, by=publisher, change="major")


# -- studies ------------------------------------------------------------------------------------


def test_ev_06_a_fact_nobody_stated_is_missing_and_not_not_confirmed(clinic):
    study = make_study()
    StudyFact.objects.filter(study=study, kind="deaths").delete()
    [finding] = blocking(study)
    assert finding.rule == "EV-06"
    assert "Deaths" in finding.message


def test_pub_61_what_is_missing_in_the_draft_does_not_stop_a_frozen_version(clinic, author, reviewer, publisher):
    study = make_study(by=author)
    save_draft(study)
    version = workflow.submit(study, by=author)
    workflow.sign(study, by=reviewer, version_id=version.pk)
    due = timezone.now() + datetime.timedelta(hours=1)
    scheduling.schedule_publish(study, by=publisher, due_at=due, change="major")
    StudyFact.objects.filter(study=study).delete()
    study.schedules.update(due_at=timezone.now())
    assert scheduling.run_due() == 1
    study.refresh_from_db()
    assert study.live_version == version


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda study: OutcomeGroup.objects.filter(direction="worse").delete(), "EV-08"),
        (lambda study: Study.objects.update(outcome_of=60), "EV-16"),
        (lambda study: (Study.objects.update(primary=None), study.registrations.all().delete()), "EV-05"),
    ],
)
def test_numbers_that_cannot_be_are_findings(clinic, change, rule):
    study = make_study()
    change(study)
    study = Study.objects.get(pk=study.pk)
    assert [finding.rule for finding in blocking(study)] == [rule]


# -- values that cannot be ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda guide: CalloutSection.objects.create(
            parent=guide, region="main", ordering=99, tone="shouting", html="<p>Now!</p>"
        ),
        lambda guide: TextSection.objects.filter(parent=guide).update(role="advertisement"),
        lambda guide: Article.objects.filter(pk=guide.pk).update(offers_subject="soon"),
    ],
)
def test_a_row_with_an_impossible_value_never_becomes_a_version(clinic, author, change):
    guide = make_guide(by=author)
    save_draft(guide)
    change(guide)
    with pytest.raises(Refused, match="no page can have"):
        workflow.saved(guide, by=author)
    assert Version.objects.filter(page_id=guide.pk).count() == 1
    assert Page.objects.get(pk=guide.pk).latest_version.number == 1


def test_an_impossible_design_is_refused_too(clinic, author):
    study = make_study(by=author)
    Study.objects.filter(pk=study.pk).update(design="guess")
    with pytest.raises(Refused, match="no page can have"):
        workflow.saved(study, by=author)


def test_characters_that_no_feed_takes_are_gone_once_frozen(clinic, author):
    article = make_article(by=author, title="Vertical\x0btab")
    assert frozen(article)[0]["title"] == "Vertical tab"


@pytest.mark.parametrize("page", ["service", "therapy"])
def test_page_61_without_the_full_notice_no_page_that_needs_it_goes_live(clinic, author, page):
    """The short notice leads to the full one: a page that shows the one must carry the other."""
    if page == "service":
        found = make_article(by=author, kind="service", offers_subject="no")
    else:
        found = make_guide(by=author, subject="therapy")
    Wording.objects.filter(kind="status_full").delete()
    with pytest.raises(Refused) as refused:
        workflow.submit(found, by=author)
    said = [finding for finding in refused.value.findings if finding.rule == "NT-01"]
    assert [finding.message for finding in said] == [
        "The page must carry the wording “Regulatory status (full)”, and there is none for US. "
        "The owner writes it under Wordings; then save the page again."
    ]
    assert said[0].url == "/admin/clinic/wording/"


def test_page_61_a_guide_to_a_condition_needs_the_short_notice_alone(clinic, author):
    guide = make_guide(by=author)
    Wording.objects.filter(kind="status_full").delete()
    workflow.submit(guide, by=author)


@pytest.mark.parametrize("kind", ["status", "conflict_no", "support", "disclaimer"])
@pytest.mark.parametrize("make", [make_guide, make_study])
def test_pub_52_each_notice_that_follows_from_the_data_is_asked_for(clinic, make, kind):
    page = make()
    Wording.objects.filter(kind=kind).delete()
    with pytest.raises(Refused, match=re.escape(Wording.Kind(kind).label)):
        workflow.submit(page, by=page.created_by)
