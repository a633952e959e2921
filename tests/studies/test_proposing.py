"""What a record proposes for a study, and what is none (EVD-18, section 4)."""

from __future__ import annotations

import json

import pytest

from studies.proposing import propose, why_no_study
from studies.sources.base import Author, StudyRecord
from studies.sources.ctgov_json import record as trial_record
from studies.sources.reading import read


def values(record: StudyRecord) -> dict[str, object]:
    return {one.place: one.value for one in propose(record)}


@pytest.fixture(scope="module")
def trial(samples):
    return trial_record(json.loads((samples / "trial.json").read_text())["studies"][0])


def paper(*types: str, **fields) -> StudyRecord:
    return StudyRecord(
        source="PubMed",
        pmid="90000001",
        title="Quiet cells",
        authors=(Author(family="Stone"),),
        pub_types=types,
        **fields,
    )


def test_a_registration_proposes_what_it_says(trial):
    found = values(trial)
    assert (found["design"], found["phase"], found["masking"]) == ("randomised", "1/2", "double")
    assert found["fact:enrolled"] == {"people": 66, "of": None, "text": ""} and found["enrolled_is_planned"] is True
    assert found["venue"] == "Nobody Inc." and "study_year" not in found, "the year is derived (EVD-85)"
    assert found["fact:funder"]["text"] == "Sponsor named in the registration: Nobody Inc.; Nowhere University"
    assert found["fact:deaths"] == {"people": 2, "of": 33, "text": "Cells: 2 of 33"}
    assert found["fact:serious_harms"]["people"] == 5
    assert found["fact:blinding"]["text"] == "It was kept from the people treated"
    assert "Safety (1 year)" in found["methods"] and "fact:outcome" not in found, "what is planned is no result"
    number = found["registration:NCT09999905"]
    assert number["started_in"] == 2019
    assert number["status"] == "Unknown: the registry was not updated in time (last known: recruiting)"[:80]


def test_every_value_says_which_words_of_the_record_it_comes_from(trial):
    for one in propose(trial):
        assert one.says.strip() and len(one.says) <= 300, one.place
    said = {one.place: one.says for one in propose(trial)}
    assert said["fact:enrolled"] == "Enrollment: 66 (planned)"
    assert said["design"] == "Design: INTERVENTIONAL, RANDOMIZED"


def test_a_bare_registration_invents_nothing(samples):
    bare = trial_record(json.loads((samples / "trial.json").read_text())["studies"][1])
    assert set(values(bare)) == {"official_title", "enrolled_is_planned", "has_results", "registration:NCT09999906"} - {
        "enrolled_is_planned"
    }


@pytest.mark.parametrize(
    ("types", "design", "phase"),
    [
        (("Journal Article", "Randomized Controlled Trial"), "randomised", None),
        (("Clinical Trial, Phase I", "Clinical Trial, Phase II"), None, "1/2"),
        (("Case Reports",), "case", None),
        (("Systematic Review", "Review"), "review", None),
        (("Observational Study",), "observational", None),
        (("Randomized Controlled Trial, Veterinary",), "laboratory", None),
        (("Journal Article",), None, None),
    ],
)
def test_design_and_phase_come_from_publication_types(types, design, phase):
    found = values(paper(*types))
    assert (found.get("design") or None, found.get("phase") or None) == (design, phase)


@pytest.mark.parametrize(
    "record",
    [
        paper("Editorial"),
        paper("Comment", "Journal Article"),
        paper("News"),
        paper("Review"),
        paper("Journal Article", type="peer-review"),
        paper("Journal Article", type="news"),
        paper("Journal Article", is_notice=True),
    ],
)
def test_what_is_no_study_proposes_none(record):
    assert propose(record) == [] and why_no_study(record)


def test_real_records_propose_or_say_why_not(pack):
    """EVD-18, EVD-96: every registration proposes; the pack's notices and its peer review do not."""
    for path in sorted((pack / "ctgov_v2").glob("*.json")):
        [record] = read(path.read_bytes()).records
        assert values(record)[f"registration:{record.nct[0]}"]["status"]
    [results] = read(next((pack / "ctgov_v2").glob("*NCT02552212*")).read_bytes()).records
    assert values(results)["fact:deaths"]["of"] > 0
    reviews = next((pack / "crossref_works").glob("*3819v0.1_reviews_2*"))
    for path in (reviews, pack / "pubmed_xml" / "9634358.xml"):
        [record] = read(path.read_bytes()).records
        assert propose(record) == []
