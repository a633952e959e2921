"""Content checks, section 8.1: every case and every example of the lexicon, and the flag cases once more disguised."""

from __future__ import annotations

import json

import pytest

from stemsite.checks import check, packaged
from stemsite.checks.finding import GRAVITY
from stemsite.checks.lexicon import FILE

RAW = json.loads(FILE.read_text(encoding="utf-8"))
FLAG, NO_FLAG = RAW["cases"]["flag"], RAW["cases"]["no_flag"]
MUST = [(pattern, text) for pattern in RAW["patterns"] for text in pattern["examples_must_flag"]]
MUST_NOT = [(pattern, text) for pattern in RAW["patterns"] for text in pattern["examples_must_not_flag"]]


def found_in(text, scope="article"):
    return check(text, scope, lexicon=packaged())


def loud(findings):
    return [(finding.pattern, finding.severity) for finding in findings if finding.severity != "info"]


def scope_of(pattern):
    return "article" if pattern["scope"] == ["any"] else pattern["scope"][0]


def inside_each_word(text, unseen):
    return " ".join(word[:1] + unseen + word[1:] if len(word) > 1 else word for word in text.split())


def meets(case, findings):
    return any(
        finding.category in case["any_category"] and GRAVITY[finding.severity] >= GRAVITY[case["min_severity"]]
        for finding in findings
    )


@pytest.mark.parametrize("case", FLAG, ids=lambda case: case["text"][:50])
def test_a_claim_is_flagged(case):
    assert meets(case, found_in(case["text"], case.get("scope", "article")))


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u2060"], ids=["zero-width space", "soft hyphen", "joiner"])
@pytest.mark.parametrize("case", FLAG, ids=lambda case: case["text"][:50])
def test_a_claim_is_flagged_with_a_character_in_each_word_that_nobody_sees(case, unseen):
    hidden = inside_each_word(case["text"], unseen)
    findings = found_in(hidden, case.get("scope", "article"))
    assert meets(case, findings)
    assert any(finding.rule == "CL-21" for finding in findings)


@pytest.mark.parametrize("case", NO_FLAG, ids=lambda case: case["text"][:50])
def test_an_honest_sentence_is_not_flagged(case):
    assert loud(found_in(case["text"], case.get("scope", "article"))) == []


@pytest.mark.parametrize(("pattern", "text"), MUST, ids=[f"{pattern['id']}-{text[:30]}" for pattern, text in MUST])
def test_a_pattern_finds_its_own_example(pattern, text):
    found = found_in(text, scope_of(pattern))
    assert pattern["id"] in {name for name, _ in loud(found)}


@pytest.mark.parametrize(
    ("pattern", "text"), MUST_NOT, ids=[f"{pattern['id']}-{text[:30]}" for pattern, text in MUST_NOT]
)
def test_a_pattern_leaves_its_counter_example_alone(pattern, text):
    assert loud(found_in(text, scope_of(pattern))) == []


def test_the_cases_are_as_many_as_the_specification_gave():
    assert (len(RAW["patterns"]), len(FLAG), len(NO_FLAG)) >= (73, 88, 81)
