"""Content checks over blocks: CL-22, CL-90, PL-01 to PL-06, language and order."""

from __future__ import annotations

import statistics
import time

import pytest

from stemsite.checks import Block, check_blocks, packaged
from stemsite.checks.blocks import html_pieces
from stemsite.checks.claims import _in_piece


def found_in(*blocks, scope="article", glossary=()):
    return check_blocks(blocks, scope, lexicon=packaged(), glossary=glossary)


def rules_in(*blocks, **more):
    return [finding.rule for finding in found_in(*blocks, **more) if finding.severity != "info"]


def block(kind, text, **more):
    return Block(key=more.pop("key", "k"), kind=kind, text=text, **more)


def test_a_finding_names_its_block_and_its_place_in_it():
    found = found_in(block("heading", "Hello", key="one"), block("paragraph", "Well. Our cells cure ALS.", key="two"))
    finding = next(finding for finding in found if finding.pattern == "CURE-01")
    assert (finding.surface, finding.start, finding.end) == ("two", 6, 20)


@pytest.mark.parametrize(
    "blocks",
    [
        (block("heading", "Conditions we treat"), block("item", "Stroke"), block("item", "Lupus")),
        (block("paragraph", "Our stem cells heal:"), block("item", "stroke")),
        (block("heading", "Stem cells for ALS"), block("button", "Book a consultation")),
        (block("label", "FDA"), block("value", "approved")),
        (block("label", "Success rate"), block("cell", "87%")),
    ],
)
def test_cl_22_a_claim_split_over_two_blocks_is_found(blocks):
    assert "CL-22" in rules_in(*blocks)


def test_cl_22_every_item_of_the_list_is_told():
    found = found_in(block("heading", "Conditions we treat"), block("item", "Stroke"), block("item", "Lupus", key="b"))
    assert [finding.surface for finding in found if finding.rule == "CL-22"] == ["k", "b"]
    assert all(finding.end <= len("Stroke") for finding in found if finding.rule == "CL-22")


@pytest.mark.parametrize(
    "blocks",
    [
        (block("heading", "What stem cells have not been shown to do"), block("item", "slow ALS")),
        (block("heading", "Conditions being studied"), block("item", "Stroke")),
        (block("heading", "Can stem cells help?"), block("item", "ALS")),
        (block("heading", "Myth: stem cells for ALS"), block("button", "Call us")),
        (block("heading", "Conditions we treat"), block("paragraph", "Ask at the desk."), block("item", "Stroke")),
        (block("label", "Approved by the FDA"), block("value", "No")),
    ],
)
def test_cl_22_what_is_no_claim_together_is_none(blocks):
    assert "CL-22" not in rules_in(*blocks)


@pytest.mark.parametrize(
    "text",
    [
        "Many families notice more strength with regenerative medicine.",
        "Our clinic gives people living with ALS new energy.",
        "Exosomes and mobility go together.",
    ],
)
def test_cl_90_a_therapy_beside_a_benefit_is_a_warning_and_on_an_offer_a_block(text):
    found = [finding for finding in found_in(block("paragraph", text)) if finding.rule == "CL-90"]
    assert [finding.severity for finding in found] == ["warn"]
    offered = [finding for finding in found_in(block("paragraph", text), scope="offer") if finding.rule == "CL-90"]
    assert [finding.severity for finding in offered] == ["block"]


@pytest.mark.parametrize(
    "text",
    [
        "Stem cell therapy for ALS is not FDA-approved.",
        "Researchers are testing whether stem cells change strength.",
        "Do stem cells change strength?",
        "Stem cells for ALS remain experimental.",
        "Our clinic opens at nine.",
        "Strength fades in ALS.",
    ],
)
def test_cl_90_research_status_and_questions_pass(text):
    assert "CL-90" not in rules_in(block("paragraph", text))


def test_cl_90_a_source_in_the_same_sentence_lets_it_pass_and_one_elsewhere_does_not():
    text = "Stem cells changed strength in one trial. Exosomes changed mobility."
    end = text.index(".") + 1
    for at in (end, end - 1):
        found = found_in(block("paragraph", text, citations=(at,)))
        assert [text[finding.start : finding.end] for finding in found if finding.rule == "CL-90"] == [
            "Exosomes changed mobility."
        ]


def test_cl_90_names_and_headings_are_no_sentences_but_on_offers():
    assert "CL-90" not in rules_in(block("heading", "Stem cells and ALS"))
    assert "CL-90" in rules_in(block("heading", "Stem cells and ALS"), scope="offer")


def test_cl_90_says_nothing_twice():
    found = rules_in(block("paragraph", "Our stem cells cure ALS."))
    assert "CL-01" in found and "CL-90" not in found


def test_a_block_of_another_scope_is_read_in_its_own():
    claim = "Our therapy cures ALS."
    severities = {finding.severity for finding in found_in(block("paragraph", claim, scope="citation"))}
    assert severities == {"info"}


def test_cl_20_a_page_in_another_language_gets_one_warning():
    spanish = "Nuestras células madre son para la vida de los pacientes y sus familias."
    assert rules_in(block("paragraph", spanish), block("paragraph", spanish)).count("CL-20") == 1


HARD = (
    "Notwithstanding considerable methodological heterogeneity, investigators consistently characterized "
    "neurological deterioration utilizing internationally standardized functional evaluation instruments. "
)


def test_pl_01_a_hard_page_is_a_block_with_its_hardest_sentences():
    found = [finding for finding in found_in(block("paragraph", HARD * 8)) if finding.rule == "PL-01"]
    assert [finding.severity for finding in found] == ["block"]
    assert "Notwithstanding" in found[0].suggestion and "raw" in found[0].explanation


def test_pl_01_an_easy_page_and_a_short_one_give_nothing():
    assert "PL-01" not in rules_in(block("paragraph", "We all do what we can to help you here. " * 20))
    assert "PL-01" not in rules_in(block("paragraph", HARD))


def test_pl_03_long_sentences_paragraphs_and_stretches_without_a_heading():
    long = "We " + "really " * 25 + "do."
    found = [finding for finding in found_in(block("paragraph", f"Yes. {long}")) if finding.rule == "PL-03"]
    assert [(finding.start, finding.end) for finding in found] == [(5, 5 + len(long))]
    assert "PL-03" in rules_in(block("paragraph", "We do. " * 6))
    assert "PL-03" not in rules_in(block("paragraph", "We do. " * 5))
    many = [block("paragraph", "We all do what we can for you. " * 4)] * 12
    assert "PL-03" in rules_in(*many)
    assert "PL-03" not in rules_in(*many[:6], block("heading", "More"), *many[:6])


def test_pl_04_letters_that_stand_for_words_are_explained_once():
    assert "PL-04" in rules_in(block("paragraph", "MSCs are cells."))
    assert "PL-04" in rules_in(block("paragraph", "Wharton MSCs (Poland study) are cells."))
    assert "PL-04" not in rules_in(block("paragraph", "Mesenchymal stromal cells (MSCs) are cells. MSCs grow."))
    assert "PL-04" not in rules_in(block("paragraph", "MSCs are cells."), glossary=["msc"])
    assert "PL-04" not in rules_in(block("paragraph", "The FDA and DNA need no words."))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("1 in 20 people fell ill, beside 8% before.", True),
        ("People had half the risk.", True),
        ("Sixty-seven people took part.", True),
        ("2 of 100 people fell ill, beside 8 of 100 before.", False),
        ("People had half the risk: 2 of 100 beside 4 of 100.", False),
    ],
)
def test_pl_06_figures_that_mislead(text, wrong):
    assert ("PL-06" in rules_in(block("paragraph", text))) is wrong


def test_reading_rules_leave_names_and_sources_alone():
    assert rules_in(block("paragraph", HARD * 8), scope="citation") == []
    assert "PL-01" not in rules_in(block("paragraph", HARD * 8, scope="meta"))


def test_html_is_cut_at_block_elements_only():
    table = "<table><tr><th>A</th><td>B</td></tr></table>"
    html = f"<h3>One <em>of</em> us</h3><p>Two<br>three</p><ul><li><p>Four</p></li></ul>{table}five"
    assert [(kind, piece) for kind, piece, _ in html_pieces(html)] == [
        ("heading", "One <em>of</em> us"),
        ("paragraph", "Two"),
        ("paragraph", "three"),
        ("item", "Four"),
        ("label", "A"),
        ("cell", "B"),
        ("paragraph", "five"),
    ]


def test_a_page_of_1300_words_takes_less_than_three_tenths_of_a_second():
    cases = packaged().cases
    said = [case["text"] for case in (*cases["flag"], *cases["no_flag"])]
    page = [block("paragraph", " ".join(said[start : start + 6])) for start in range(0, len(said), 6)]
    assert sum(len(one.text.split()) for one in page) >= 1200
    times = []
    for _ in range(5):
        _in_piece.cache_clear()
        began = time.process_time()
        found_in(*page)
        times.append(time.process_time() - began)
    assert statistics.median(times) < 0.3
