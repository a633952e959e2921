"""The five studies say what their records say (EVD-97), not what the page did that they were first described on."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from studies import evidence
from studies.models import Check, LastAsked, Reference

pytestmark = pytest.mark.django_db

REGALS = "regulatory-t-cells-regals"
MUSE = "muse-cells-japan"
GDNF = "gdnf-cells-spinal-cord-united-states"
CORD = "cord-tissue-cells-poland"
NEURAL = "neural-stem-cells-spinal-cord-italy"
MUSE_DOI, CORD_DOI = "10.1177/09636897231214370", "10.1007/s12015-020-10016-7"
FIVE = (REGALS, MUSE, GDNF, CORD, NEURAL)

RECORDS = {
    MUSE: ("Yamashita T", "Cell Transplant", 2023, "10.1177/09636897231214370", "38014622"),
    GDNF: ("Baloh RH", "Nat Med", 2022, "10.1038/s41591-022-01956-3", "36064599"),
    CORD: ("Barczewska M", "Stem Cell Rev Rep", 2020, "10.1007/s12015-020-10016-7", ""),
    NEURAL: ("Mazzini L", "Stem Cells Transl Med", 2019, "10.1002/sctm.18-0154", "31104357"),
}


def test_the_five_studies_of_the_guide_are_these(example):
    assert set(example.studies()) == set(FIVE)
    assert len(example.articles()["als"].studies) == 5


@pytest.mark.parametrize("slug", RECORDS)
def test_papers_carry_author_journal_year_and_identifiers_of_their_records(example, slug):
    author, journal, year, doi, pmid = RECORDS[slug]
    study = example.studies()[slug]
    assert study.primary is not None
    assert study.primary.text.startswith(author)
    assert f" {journal}. {year}" in study.primary.text
    assert (study.primary.doi, study.primary.pmid, study.year) == (doi, pmid, year)


@pytest.mark.parametrize("slug", RECORDS)
def test_the_venue_is_the_journal_of_the_paper(example, slug):
    study = example.studies()[slug]
    assert study.venue == Reference.objects.get(pk=study.primary.reference).journal


@pytest.mark.parametrize(("slug", "number"), [(REGALS, "NCT05695521"), (GDNF, "NCT02943850"), (NEURAL, "NCT01640067")])
def test_registrations_are_those_of_the_records(example, slug, number):
    assert [row.number for row in example.studies()[slug].registrations] == [number]


@pytest.mark.parametrize("wrong", ["Sierakowski", "A New Path for ALS Treatment", "Japan ALS Consortium"])
def test_names_and_titles_that_no_record_has_stand_nowhere(example, wrong):
    assert not [path for path in example.paths() if wrong in example.page(path)]


def test_news_is_coverage_and_never_a_reference(example):
    """EV-05, EVD-35: no live page cites a news item; the two known stories stand with their studies as news."""
    cited = [citation for page in example.articles().values() for citation in page.citations]
    cited += [study.primary for study in example.studies().values() if study.primary]
    assert cited
    assert not [citation for citation in cited if citation.kind == "news" or "ALS News Today" in citation.text]
    news = {slug: [row.outlet for row in study.coverage] for slug, study in example.studies().items() if study.coverage}
    assert news == {REGALS: ["ALS News Today"], MUSE: ["ALS News Today"]}


def test_of_a_news_story_that_was_not_seen_only_the_headline_is_given(example):
    story = example.studies()[REGALS].coverage[0]
    assert (story.url, story.author, story.published_on) == ("", "", "")


def test_a_registration_without_results_is_announced_and_counts_nobody(example):
    """EVD-86: planned people are called planned; no certainty beyond "very low"."""
    study = example.studies()[REGALS]
    assert not study.has_results
    assert study.enrolled.people == 66
    assert study.people is None
    assert evidence.people_words(study) == "66 people planned"
    assert evidence.outcome_sentence(study) == "No results have been published yet."
    page = example.page(f"/studies/{REGALS}/")
    assert "A news story is not a published study." in page


@pytest.mark.parametrize("slug", FIVE)
def test_every_study_derives_very_low_certainty(example, slug):
    """EVD-72."""
    assert evidence.certainty(example.studies()[slug]).level == "very low"


def test_outcomes_have_their_denominator_and_their_worse_side(example):
    """PAGE-32, EVD-71."""
    studies = example.studies()
    assert evidence.outcome_sentence(studies[CORD]) == (
        "Of 67 people: 21 declined more slowly, 33 declined at the same rate, 13 declined faster."
    )
    assert evidence.outcome_sentence(studies[MUSE]) == (
        "Of 5 people: 3 declined more slowly, 1 declined at the same rate, 1 declined faster."
    )


def test_an_unchanged_rate_is_never_called_stable(example):
    """PAGE-32: the word stands only where an article warns of it."""
    texts = {path: example.page(path) for path in example.paths()}
    assert [path for path, html in texts.items() if re.search(r"\bstable\b", html, re.IGNORECASE)] == [
        "/blog/how-to-read-a-study/"
    ]


@pytest.mark.parametrize(("slug", "dead"), [(GDNF, 13), (NEURAL, 11)])
def test_deaths_are_counted_out_of_all(example, slug, dead):
    deaths = example.studies()[slug].deaths
    assert (deaths.people, deaths.of) == (dead, 18)
    assert f"{dead} of 18 people" in example.page(f"/studies/{slug}/")
    assert f"{dead} of 18 people" in example.page("/conditions/als/")


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        (GDNF, ("neuromas", "18 people", "untreated leg")),
        (CORD, ("PRO-ACT", "13 of 67 people declined faster", "Chance was not used")),
        (NEURAL, ("2 of the 18 people needed an opening in the neck", "first month", "4 months", "60 months")),
        (MUSE, ("The maker stopped the development of CL2020 in February 2023.", "NfL", "IL-6", "TNF-alpha", "CHIT-1")),
        (REGALS, ("Cellenkos, Inc.", "6 people first", "60 people")),
    ],
)
def test_harms_comparators_and_stopped_products_are_told(example, slug, words):
    """EV-08: what the first description left out."""
    page = example.page(f"/studies/{slug}/")
    assert [word for word in words if word not in page] == []


def test_what_nobody_has_seen_is_not_confirmed_and_never_not_reported(example):
    """EVD-97: "not reported" would be a statement about a paper that nobody has read."""
    for slug in FIVE:
        page = example.page(f"/studies/{slug}/")
        assert "The report does not say" not in page
    assert "We have not confirmed how many people died yet." in example.page(f"/studies/{CORD}/")


def test_details_that_were_not_confirmed_stay_out_of_the_references(example):
    cord = Reference.objects.get(doi=CORD_DOI)
    muse = Reference.objects.get(doi=MUSE_DOI)
    assert (cord.volume, cord.issue, cord.pages, cord.pmid) == ("", "", "", None)
    assert (muse.volume, muse.article_number) == ("", "")


def test_the_five_are_verified_by_bundled_facts_and_the_rest_is_not_checked(example):
    """EVD-97, PAGE-56: dated by the day on which the facts were read; nobody was asked about notices, which is said."""
    judged = dict(Reference.objects.exclude(verdict="not checked").values_list("doi", "verdict"))
    assert set(judged) == {None, MUSE_DOI, "10.1038/s41591-022-01956-3", CORD_DOI, "10.1002/sctm.18-0154"}
    assert set(judged.values()) == {"verified"}
    for check in Check.objects.select_related("record"):
        assert (check.record.source, check.record.fetched_at.date().isoformat()) == ("bundled facts", "2026-11-22")
        assert check.record.address and check.checked_at.date() == timezone.now().date() and check.mismatches == []
    assert not LastAsked.objects.exists()
    guide = example.page("/conditions/als/")
    assert guide.count("Not checked") >= len(example.articles()["als"].citations)


def test_a_systematic_review_is_cited_beside_the_single_studies(example):
    """EV-10."""
    cited = {citation.doi for citation in example.articles()["als"].citations}
    assert "10.1002/14651858.cd011742.pub3" in cited


@pytest.mark.parametrize("slug", FIVE)
def test_the_product_question_is_answered(example, slug):
    """PAGE-33."""
    assert "This clinic does not offer this treatment." in example.page(f"/studies/{slug}/")
