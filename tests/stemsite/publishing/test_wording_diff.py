"""PUB-25, PUB-26: differences of texts, word by word."""

import random
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stemsite.publishing.wording_diff import Piece, as_words, increasing, shortened, words_between

WORDS = st.lists(
    st.sampled_from(["<p>", "</p>", "<strong>", "</strong>", "a", "b", "cells", "people.", "0.05", "<"]), max_size=40
)


def told(before, after, **names):
    return [(piece.op, piece.text) for piece in words_between(before, after, **names)]


def test_a_changed_word_is_shown_between_what_stayed():
    assert told("<p>The quick brown fox.</p>", "<p>The slow brown fox.</p>") == [
        ("same", "\nThe "),
        ("removed", "quick "),
        ("added", "slow "),
        ("same", "brown fox."),
    ]


def test_equal_texts_have_no_changed_piece():
    assert {op for op, _ in told("<p>Same <em>words</em>.</p>", "<p>Same <em>words</em>.</p>")} == {"same"}


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        ("<p>It is good.</p>", "<p>It is <strong>good.</strong></p>", "⟨bold⟩"),
        (
            '<p><a href="https://a.org/">Here</a></p>',
            '<p><a href="https://b.org/">Here</a></p>',
            "⟨link to https://b.org/⟩",
        ),
        ("<p>One two</p>", "<p>One</p><p>two</p>", "⟨paragraph⟩"),
        ("<ul><li>x</li></ul>", "<ol><li>x</li></ol>", "⟨numbered list⟩"),
    ],
)
def test_a_change_of_form_alone_is_seen(before, after, seen):
    """PUB-26"""
    assert seen in "".join(text for op, text in told(before, after) if op == "added")


def test_citations_are_told_by_name_old_to_new():
    """PUB-25"""
    names = {1: "Lopez 2020", 2: "Chen 2021"}
    changed = told(
        '<p>x<cite data-ref="1"></cite></p>', '<p>x<cite data-ref="2" data-loc="p 4"></cite></p>', sources=names
    )
    assert ("removed", "[Lopez 2020] ") in changed
    assert ("added", "[Chen 2021, p 4] ") in changed


def test_entities_are_read_as_what_they_stand_for():
    assert as_words("<p>p &lt; 0.05 &amp; more</p>") == "p < 0.05 & more"


def test_long_unchanged_runs_are_cut_to_the_words_around_the_change():
    same = " ".join(f"w{number}" for number in range(300))
    pieces = shortened(words_between(f"{same} old", f"{same} new"))
    assert [piece.op for piece in pieces] == ["skipped", "same", "removed", "added"]
    assert len(pieces[1].text.split()) < 40


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(WORDS, WORDS)
def test_the_pieces_of_a_difference_rebuild_both_sides(before, after):
    """Nothing is lost and nothing invented: words of both sides, in order."""
    old, new = " ".join(before), " ".join(after)
    pieces = words_between(old, new)

    def words(side):
        text = "".join(piece.text for piece in pieces if piece.op in {"same", side})
        return re.sub(r"⟨[^⟩]*⟩", "", text).split()

    assert words("removed") == as_words(old).split()
    assert words("added") == as_words(new).split()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(), unique=True))
def test_increasing_finds_a_run_that_only_grows(numbers):
    found = [numbers[index] for index in increasing(numbers)]
    assert found == sorted(found)
    assert bool(found) == bool(numbers)


@pytest.mark.parametrize("share", [0, 12, 1])
def test_ten_thousand_words_are_compared_in_under_a_second(share):
    """PUB-26: unchanged, every twelfth word changed, and wholly rewritten."""
    chance = random.Random(7)  # noqa: S311
    vocabulary = [f"word{number}" for number in range(4000)]
    weights = [1 / (number + 1) for number in range(4000)]
    old = chance.choices(vocabulary, weights, k=10_000)
    new = [chance.choice(vocabulary) if share and index % share == 0 else word for index, word in enumerate(old)]
    began = time.process_time()
    words_between(" ".join(old), " ".join(new))
    assert time.process_time() - began < 1


def test_a_text_without_any_fixed_point_is_still_compared_at_once():
    began = time.process_time()
    pieces = words_between("<p>a b</p> " * 3000, "<p>b c a</p> " * 3000)
    assert time.process_time() - began < 1
    assert Piece("same", "") not in pieces
