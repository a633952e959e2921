"""PL-01, PL-02: syllables by rule, and grades that agree with what was counted by hand."""

from __future__ import annotations

import pytest

from stemsite.checks.plain import reading, sentences_of, syllables, words_of

COUNTED = {
    1: """a the cell cells stem hope risk harm
    moved breathed walked called helped nerve nerves spine brain drug dose safe
    cure slow help ask talk talked write through thought weight high nurse tubes scan test tests blood skin lungs heart
    wheel chairs waked proved claimed months years known shown""",
    2: """patient doctor clinic trial body treated needed started ended muscle muscles weakness symptoms breathing
    walking swallow speaking movement spinal question questions answer study studies data science people water
    table little able certain children approved disease control harmful helpful being going trying doing changes diet
    riot lion poem nurses causes decide person without surgeon symptom
    effect reply result quiet client create""",
    3: """infusion injection therapy therapies medicine hospital family families benefit benefits evidence improvement
    progression physician insurance survival another companies decided consulted newsletter area period media radio
    nutrition protocol important remember together chemical however idea serious various influence consider placebo
    document history diseases medical clinical procedure general unapproved
    surgery exercise develop""",
    4: """neurology recovery regenerate information experiment independent activity community education
    publication separately particular temporary original consultation evaluate situation necessary
    operation mesenchymal experience material variable obedient""",
    5: """regenerative experimental neurological opportunity university immediately international respiratory disability
    investigation communication physiology degeneration organization""",
    6: """autoimmunity rehabilitation responsibility reliability eligibility""",
}
"""Counted by hand."""
WORDS = [(word, count) for count, words in COUNTED.items() for word in words.split()]


def test_pl_01_syllables_are_right_for_85_of_100_words_counted_by_hand():
    wrong = [(word, count, syllables(word)) for word, count in WORDS if syllables(word) != count]
    assert len(WORDS) >= 200
    assert len(wrong) / len(WORDS) <= 0.15, wrong


@pytest.mark.parametrize("word", ["ALS", "2025", "1,300", "FDA", "MRI", "37%", "x", "nth"])
def test_pl_01_numbers_and_letters_that_stand_for_words_are_one(word):
    assert syllables(word) == 1


def test_pl_01_the_formula_is_the_published_one():
    """Ten sentences of ten words of one syllable: 0.39 x 10 + 11.8 - 15.59."""
    found = reading(["We all do what we can to help you here."] * 10)
    assert (found.words, found.sentences) == (100, 10)
    assert found.grade == pytest.approx(0.39 * 10 + 11.8 - 15.59)
    assert found.smog is None, "SMOG is told from 30 sentences on"


def test_pl_02_smog_is_the_published_formula():
    found = reading(["We sell medicine here."] * 30)
    assert found.smog == pytest.approx(1.0430 * 30**0.5 + 3.1291)


def test_pl_01_fewer_than_100_words_are_too_short_to_judge():
    assert reading(["We all do what we can."] * 3).grade is None


def test_pl_01_items_of_a_list_never_melt_into_one_sentence():
    assert reading(["a bed", "a chair", "a lamp"]).sentences == 3


def test_pl_01_a_term_of_the_glossary_counts_as_an_easy_word():
    texts = ["Amyotrophic sclerosis is what we talk of now."] * 15
    found = reading(texts, frozenset({"amyotrophic sclerosis"}))
    assert found.adjusted < found.grade


def test_pl_01_marks_of_sources_and_addresses_are_not_read():
    assert words_of(next(sentences_of("It grew [12] in 2020 https://example.org/a-b doi:10.1000/xyz"))) == [
        *("It", "grew", "in", "2020")
    ]
    assert list(sentences_of("It rose by 3.5 points.")) == ["It rose by 3.5 points."]
