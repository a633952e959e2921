"""What a study's page and the study library promise to a reader."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from studies.models import Coverage, IntegrityEvent, Registration, StudyFact
from tests.factories import make_reference, make_study, sign_and_publish
from tests.markup import headings, ids, links, one, tree, with_class, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PATH = "/studies/cord/"


@pytest.fixture
def study(clinic):
    study = make_study(
        slug="cord",
        title="Cord cells in 67 people",
        heading="Cord cells, Poland",
        harms="<p>Thirteen people declined faster.</p>",
        money="<p>The clinic that sold the cells paid.</p>",
        primary=make_reference(doi="10.1000/cord", pmid="32878637"),
    )
    StudyFact.objects.filter(study=study, kind="deaths").update(known="stated", people=11, of=67, text="from ALS")
    Coverage.objects.create(study=study, outlet="ALS News", headline="Cells seem safe", url="https://news.example/a")
    Registration.objects.filter(study=study).update(number="NCT01234567", status="Completed")
    sign_and_publish(study)
    return study


@pytest.fixture
def root(client, study):
    return tree(client.get(PATH))


def test_page_30_the_parts_stand_in_their_order(root):
    text = words(root.find("body/main"))
    order = (
        "2020 · Cord cells, Poland",
        "Umbilical cord cells: an original study",
        "Compared with past records",
        "A third declined more slowly",
        "67 people, compared with past records.",
        "Medically reviewed by",
        "Not approved by the FDA.",
        "What happened, in people",
        "The facts",
        "What they did",
        "Harms and deaths",
        "What this cannot tell us",
        "Who paid The clinic that sold",
        "Is this what our clinic offers?",
        "References",
        "Registration",
        "In the news",
        "Change history",
    )
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_one_h1_no_level_skipped_every_id_once(root):
    levels = [level for level, _ in headings(root)]
    assert levels.count(1) == 1
    assert max(levels) <= 3
    assert len(ids(root)) == len(set(ids(root)))


def test_page_31_the_facts_box_has_no_empty_row_and_says_what_is_not_known(root):
    facts = with_class(root, "facts")[0]
    rows = {words(row.find("dt")): row.find("dd") for row in facts.findall("div")}
    assert all(words(value) for value in rows.values())
    assert words(rows["Who paid"]) == "We have not confirmed who paid for the study yet."
    assert rows["Who paid"].get("class") == "unknown"
    assert words(rows["Deaths"]).startswith("11 of 67 people.")
    assert words(rows["ClinicalTrials.gov"]) == "NCT01234567"
    assert "checked" in words(rows["Record"])


def test_page_32_harms_are_drawn_and_counted_as_large_as_benefits(root):
    outcome = one(root, "outcome")
    said = words(outcome)
    for part in ("21 declined more slowly", "33 declined at the same rate", "13 declined faster", "11 died"):
        assert part in said
    arrays = with_class(outcome, "icon-array")
    assert len(arrays) == 5
    widths = {array.get("viewBox").split()[3] for array in arrays if int(array.get("height")) == 14}
    assert widths == {"14"}


def test_page_62_every_limit_sentence_stands_on_the_page(root):
    said = words(root)
    assert "People in the study were compared with records of other patients." in said
    assert "Everyone knew who got the treatment. That can sway what people report." in said
    assert "Harms rarer than about 1 in 22 people could have been missed." in said


def test_page_33_the_product_question_has_an_answer(root):
    assert "This clinic does not offer this treatment." in words(root)


def test_page_29_news_is_marked_as_news(root):
    said = words(root)
    assert "They are not studies and we do not count them as evidence." in said
    assert ("Cells seem safe", "https://news.example/a") in links(root)


def test_page_56_the_paper_leads_to_doi_and_pubmed_each_by_its_number(root):
    found = links(root.find(".//li[@id='ref-1']"))
    assert ("doi:10.1000/cord", "https://doi.org/10.1000/cord") in found
    assert ("PubMed 32878637", "https://pubmed.ncbi.nlm.nih.gov/32878637/") in found


def test_page_07_a_retraction_shows_at_once_on_page_list_and_reference(client, study):
    IntegrityEvent.objects.create(
        reference=study.primary,
        kind=IntegrityEvent.Kind.RETRACTED,
        notice_on=datetime.date(2026, 3, 5),
        notice_url="https://journal.example/notice",
        first_seen_at=timezone.now(),
    )
    page = tree(client.get(PATH))
    assert "Retracted March 5, 2026" in words(one(page, "banner"))
    assert ("Read the journal's notice", "https://journal.example/notice") in links(one(page, "banner"))
    assert "Do not rely on its results." in words(page)
    assert "Certainty" not in words(one(page, "answer"))
    card = one(tree(client.get("/studies/")), "study")
    assert "Retracted March 5, 2026" in words(one(card, "mark"))


def test_page_29_a_card_says_year_design_people_comparison_and_certainty(client, study):
    root = tree(client.get("/studies/"))
    card = one(root, "study")
    for part in ("2020 · Cord cells, Poland", "Compared with past records", "67 people", "Certainty: very low"):
        assert part in words(card)
    assert ("Cord cells in 67 people", PATH) in links(card)
    assert "1 study, newest first." in words(root)
    assert [level for level, _ in headings(root)] == [1, 2]


def test_pub_12_a_withdrawn_study_is_a_dated_notice_where_it_stood(client, study, publisher):
    from articles.models import StudySection
    from stemsite.publishing import workflow
    from stemsite.publishing.models import Page
    from tests.factories import make_guide

    guide = make_guide()
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study)
    sign_and_publish(guide)
    workflow.withdraw(study, by=publisher, kind=Page.Withdrawal.ERROR, reason="The paper was misread.")
    card = one(tree(client.get("/conditions/als/")), "study")
    assert "Our summary of this study was withdrawn on" in words(card)
    assert "The paper was misread." in words(card)
    assert not with_class(card, "facts")
