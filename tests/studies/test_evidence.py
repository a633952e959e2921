"""From facts to words: certainty, limits, counts; the same everywhere (EVD-71 to 73, PAGE-31, 32, 62)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies import evidence
from studies.content import Count, Fact, Judged, OutcomeGroup, StudyContent
from studies.rendering import MOST_MARKS, harms_array, outcome_array


def study(people=None, **facts):
    values = {"schema": 1, "title": "T", "slug": "t", "summary": "S", "design": "single arm"}
    counted = {"analysed": Count(people=people)} if people is not None else {}
    return StudyContent(**{**values, **counted, **facts})


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"design": "randomised", "masking": "double", "people": 120}, "high"),
        ({"design": "randomised", "masking": "double", "people": 24}, "moderate"),
        ({"design": "randomised", "masking": "none", "people": 60}, "moderate"),
        ({"design": "randomised", "masking": "none", "people": 20}, "low"),
        ({"design": "controlled", "people": 40}, "low"),
        ({"design": "historical", "people": 67}, "very low"),
        ({"design": "single arm", "people": 60}, "very low"),
        ({"design": "single arm", "people": 5}, "very low"),
        ({"design": "single arm", "people": 18}, "very low"),
        ({"design": "case", "people": 1}, "very low"),
        ({"design": "randomised", "masking": "double"}, "moderate"),
        ({"design": "randomised", "masking": "double", "people": 120, "has_results": False}, "very low"),
        ({"design": "laboratory", "people": 40}, ""),
        ({"design": "review", "people": 4000}, ""),
    ],
)
def test_evd_72_certainty_follows_the_published_rule(facts, level):
    found = evidence.certainty(study(**facts))
    assert found.level == level
    assert found.steps


def test_evd_72_the_steps_are_kept():
    assert evidence.certainty(study(5)).steps == (
        *("one group: 1", "5 people, under 30: minus 1", "one group, under 20 people: very low"),
    )


def test_planned_people_are_not_counted():
    planned = study(enrolled=Count(people=66), enrolled_is_planned=True, has_results=False, design="randomised")
    assert planned.people is None
    assert evidence.people_words(planned) == "66 people planned"
    assert evidence.short_line(planned) == "66 people planned, groups formed by chance."


LIMITS = {
    "This was an early test. Early tests mainly check safety. They are too small to show that a treatment works.": {
        "phase": "1"
    },
    "Everyone got the treatment. There was no comparison group, so we cannot tell if changes came from the "
    "treatment.": {"design": "single arm"},
    "People in the study were compared with records of other patients. No one was put in a group by chance, so the "
    "groups may have differed from the start.": {"design": "historical"},
    "Another group was followed at the same time, but chance did not decide who got what. The groups may have "
    "differed from the start.": {"design": "controlled"},
    "Everyone knew who got the treatment. That can sway what people report.": {"masking": "none"},
    "Only 5 people took part. Harms rarer than about 1 in 2 people could have been missed.": {"people": 5},
    "Only 18 people took part. Harms rarer than about 1 in 6 people could have been missed.": {"people": 18},
    "67 people took part. Harms rarer than about 1 in 22 people could have been missed.": {"people": 67},
    "Only 1 person took part. Even common harms could have been missed.": {"people": 1},
    "Chance alone could explain this difference.": {"not_significant": True},
    "The study measured a blood value. It did not measure how people felt, what they could do, or how long they "
    "lived.": {"surrogate": "a blood value"},
    "Only one hospital ran the study. Other places may see other results.": {"one_centre": True},
    "The company that makes the product paid for the study.": {"seller_paid": True},
    "Other scientists have not yet checked this report.": {"is_preprint": True},
    "No results have been published yet. A news story is not a published study.": {"has_results": False},
    "The study was stopped early. Reason given: slow enrolment.": {"stopped_because": "slow enrolment."},
    "This work was done in animals or in a laboratory, not in people.": {"design": "laboratory"},
}


@pytest.mark.parametrize("sentence", LIMITS)
def test_page_62_each_limit_sentence_follows_from_its_fact(sentence):
    facts = LIMITS[sentence]
    assert sentence in evidence.limits(study(**facts))
    harmless = study(80, design="randomised", masking="double")
    assert sentence not in evidence.limits(harmless)


def test_page_62_animals_are_not_counted_as_people():
    assert not any("took part" in sentence for sentence in evidence.limits(study(40, design="laboratory")))


@pytest.mark.parametrize(("people", "one_in"), [(5, 2), (18, 6), (67, 22), (1000, 334)])
def test_page_62_the_rule_of_three(people, one_in):
    assert evidence.rare_harm(people) == one_in


@given(st.integers(2, 20_000))
def test_the_rule_of_three_holds_its_promise(people):
    """Were the harm as frequent as told, it would have been missed with a chance of at most 5 in 100, or just above."""
    one_in = evidence.rare_harm(people)
    assert (1 - 1 / one_in) ** people <= 0.05 + 1e-9 if one_in > 1 else True
    assert (1 - 1 / (one_in + 1)) ** people > 0.05 - 1e-9


def test_evd_73_the_short_line():
    assert evidence.short_line(study(5, phase="1")) == "Early and small: 5 people, no comparison group."
    assert evidence.short_line(study(67, design="historical")) == "67 people, compared with past records."
    assert evidence.short_line(study(design="historical")) == (
        "Number of people not confirmed, compared with past records."
    )


def test_page_32_every_group_has_its_count_and_the_denominator():
    groups = tuple(
        OutcomeGroup(label=label, people=people, direction=direction)
        for label, people, direction in (
            ("declined more slowly", 21, "better"),
            ("declined at the same rate", 33, "same"),
            ("declined faster", 13, "worse"),
        )
    )
    found = study(67, outcome_groups=groups, outcome_of=67)
    assert evidence.outcome_sentence(found) == (
        "Of 67 people: 21 declined more slowly, 33 declined at the same rate, 13 declined faster."
    )
    array = outcome_array(found)
    assert array.of == sum(group.people for group in array.groups) == 67


@pytest.mark.parametrize("known", ["not reported", "not confirmed", "missing"])
def test_page_31_what_is_not_known_is_said_and_no_row_is_empty(known):
    nothing = study(
        **{
            name: Fact(known=known) for name in ("comparator", "where", "how_given", "outcome", "other_harms", "funder")
        },
        **{name: Count(known=known) for name in ("deaths", "serious_harms")},
    )
    rows = evidence.facts_box(nothing)
    assert all(term and words for term, words, _ in rows)
    said = "The report does not say who paid" if known == "not reported" else "We have not confirmed who paid"
    assert any(said in words for _, words, _ in rows)
    assert {"Deaths", "Serious harms", "Who paid", "Main result"} <= {term for term, _, _ in rows}


@given(
    st.builds(
        study,
        people=st.none() | st.integers(0, 500),
        design=st.sampled_from(list(evidence.DESIGN_WORDS)),
        masking=st.none() | st.sampled_from(list(evidence.MASKING_WORDS)),
        phase=st.sampled_from(["", "1", "1/2a", "2", "3"]),
        has_results=st.booleans(),
        enrolled_is_planned=st.booleans(),
        enrolled=st.builds(Count, people=st.none() | st.integers(0, 500), note=st.just("n")),
    )
)
def test_whatever_the_facts_words_come_out_whole(found):
    for sentence in (*evidence.limits(found), evidence.short_line(found), evidence.harms_sentence(found)):
        assert sentence.endswith(".")
        assert "None" not in sentence
        assert not re.search(r"\b1 people", sentence)
    assert all(words for _, words, _ in evidence.facts_box(found))
    assert evidence.certainty(found).level in {"high", "moderate", "low", "very low", ""}


@pytest.mark.parametrize(("people", "counted"), [(1, "1 person"), (2, "2 people"), (4, "4 people")])
def test_up_to_four_people_are_too_few_for_a_rule(people, counted):
    """PAGE-62: "1 in 1 people" says nothing."""
    assert f"Only {counted} took part. Even common harms could have been missed." in evidence.limits(study(people))


def test_deaths_are_drawn_as_large_as_outcomes_and_crowds_are_told_in_words():
    assert harms_array(study(18, deaths=Count(people=11, of=18))).groups[0].people == 11
    assert harms_array(study(18, deaths=Count(people=0, of=18))) is None
    assert harms_array(study(deaths=Count(people=9, of=MOST_MARKS + 1))) is None


# -- another certainty than the rule gives --------------------------------------------------------


def judged(level: str, because: str = "") -> Judged:
    return Judged(id=1, level=level, because=because)


def test_evd_72_ev_13_what_a_person_lowered_or_raised_is_said_with_its_reason():
    blinded = {"design": "randomised", "masking": "double"}
    lowered = evidence.certainty(study(120, **blinded, judged=judged("low", "Many people left the study.")))
    assert lowered.level == "low" and lowered.steps[-1] == "lowered to low by a person: Many people left the study"
    assert lowered.steps[:-1] == evidence.certainty(study(120, **blinded)).steps
    raised = evidence.certainty(study(60, judged=judged("moderate", "Two later studies agree.")))
    assert raised.level == "moderate" and raised.steps[-1].startswith("raised to moderate by a person: Two later")
    same = study(120, **blinded, judged=judged("high"))
    assert evidence.certainty(same) == evidence.certainty(study(120, **blinded)) and not evidence.is_raised(same)


def test_evd_72_nobody_gives_certainty_to_what_has_no_results_or_no_people():
    planned = study(design="randomised", has_results=False, judged=judged("high", "It looks good."))
    assert evidence.certainty(planned).level == "very low"
    assert evidence.certainty(study(8, design="laboratory", judged=judged("high", "It looks good."))).level == ""
