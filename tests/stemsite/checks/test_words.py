"""PUB-142: words of the lexicon are found however they are written, and nothing else is."""

from __future__ import annotations

import time

import pytest

from stemsite.checks.lexicon import packaged
from stemsite.checks.words import medical_words, watched_phrases


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("We talk about ALS here.", "ALS"),
        ("Ask about parkinson’s disease.", "parkinson's disease"),
        ("Stem cells are studied.", "Stem cells"),
        ("STEM-CELL THERAPY", "STEM-CELL THERAPY"),
        ("stem\u00a0cells", "stem cells"),
        ("st\u00adem c\u200bells", "stem cells"),
        ("stem\n  cells", "stem cells"),
        ("Multiple sclerosis (MS)", "Multiple sclerosis"),
        ("ｓｔｅｍ ｃｅｌｌｓ", "stem cells"),
        ("Exosomes and PRP.", "Exosomes"),
    ],
)
def test_a_disease_or_a_therapy_is_found(text, word):
    assert word in medical_words((text,))


@pytest.mark.parametrize(
    "text",
    [
        "We are open from Monday to Friday, and closed on public holidays.",
        "Ms. Example answers the phone.",
        "Items, programs and systems.",
        "Malso, also, falsely, pals.",
        "Park in the garage.",
        "",
    ],
)
def test_other_words_are_not(text):
    assert medical_words((text,)) == ()


def test_a_word_is_named_once_and_as_it_is_written():
    assert medical_words(("ALS and als and ALS.", "Als again.")) == ("ALS",)


def test_the_form_of_address_hides_no_disease():
    assert medical_words(("Ms. Example has MS.",)) == ("MS",)


def test_two_pieces_are_never_read_as_one():
    assert medical_words(("The stem", "cells of a page")) == ()


def test_whatever_the_rules_must_flag_is_among_the_watched_phrases():
    """More than the checks will find, never less: every case that must be flagged is watched."""
    missed = [case["text"] for case in packaged().cases["flag"] if not watched_phrases((case["text"],))]
    assert missed == []


def test_a_long_page_takes_no_time_worth_noticing():
    pieces = tuple(
        f"Sentence {number} of a long policy about how we keep records and answer letters." for number in range(800)
    )
    watched_phrases(("compiled",))
    began = time.perf_counter()
    medical_words(pieces)
    watched_phrases(pieces)
    assert time.perf_counter() - began < 3
