"""PUB-96: heading gaps, empty headings, links that say nothing and capitals, on the section where they stand."""

from __future__ import annotations

import pytest

from stemsite.checks import Block, check_blocks, packaged
from stemsite.checks.blocks import html_pieces
from stemsite.publishing.saying import line, prose

TOP = Block(key="title", kind="title", text="What is ALS?")
HEAD = Block(key="one", kind="heading", text="Symptoms", level=2)


def found_in(*blocks, scope="article"):
    found = check_blocks((TOP, *blocks), scope, lexicon=packaged())
    return [finding for finding in found if finding.rule == "PUB-96"]


def said(*blocks):
    return [(finding.surface, finding.sentence) for finding in found_in(*blocks)]


def test_pub_96_a_heading_that_skips_a_level_is_told_on_its_section():
    html = "<p>Words.</p><h4>Too deep</h4><p>Words.</p>"
    assert said(HEAD, *prose(html, key="two")) == [("two", "Too deep")]
    assert said(*prose("<h3>Under the title</h3>", key="two")) == [("two", "Under the title")]


def test_pub_96_headings_in_order_are_told_nothing():
    html = "<h3>A</h3><h4>B</h4><h4>C</h4><h3>D</h3>"
    assert said(HEAD, *prose(html, key="two"), *line("Next", key="three", kind="heading", level=2)) == []


@pytest.mark.parametrize("html", ["<h3></h3>", "<h4> </h4>", "<h3><strong> </strong></h3>", "<h3><br></h3>"])
def test_pub_96_every_empty_heading_is_told_where_it_stands(html):
    found = found_in(HEAD, *prose(f"<p>Words.</p>{html}", key="two"), *prose(html, key="three"))
    assert [finding.surface for finding in found] == ["two", "three"]
    assert len({finding.fingerprint for finding in found}) == 2, "one that may stand lets no other stand"
    assert {finding.severity for finding in found} == {"warn"}


@pytest.mark.parametrize(
    "text",
    [
        *("click here", "Click here.", "here", "Read more", "read more…", "Learn more »", "this link", "tap here"),
        *("More", "Please click here", "click here to read more", "See here"),
    ],
)
def test_pub_96_a_link_that_does_not_say_where_it_leads_is_told(text):
    html = f'<p>For the trial <a href="https://example.org/">{text}</a> or ask.</p>'
    (finding,) = found_in(HEAD, *prose(html, key="two"))
    assert (finding.surface, finding.sentence) == ("two", text.replace("…", "..."))
    assert f"For the trial {text} or ask."[finding.start : finding.end] == text


@pytest.mark.parametrize("text", ["the trial's record", "More about breathing", "Here is the list", "Hereditary ALS"])
def test_pub_96_a_link_that_names_its_target_is_fine(text):
    assert said(HEAD, *prose(f'<p><a href="https://example.org/">{text}</a></p>', key="two")) == []


def test_pub_96_a_paragraph_in_capitals_is_told_and_names_of_genes_are_not():
    shouted = "DO NOT STOP TAKING YOUR MEDICINE."
    html = f"<p>{shouted}</p><ul><li>SOD1, C9ORF72, FUS, TARDBP, OPTN</li></ul><p>ALS FTD MND PLS</p><p>See ALS.</p>"
    assert said(HEAD, *prose(html, key="two")) == [("two", shouted)]


def test_pub_96_letters_and_forms_have_no_outline():
    assert found_in(*prose("<h4>Deep</h4>", key="k"), scope="email") == []


def test_a_heading_without_words_is_a_piece_once():
    html = "<h3></h3><p>x</p><h4>y</h4><h3><br></h3>"
    assert list(html_pieces(html)) == [
        ("heading", "", 3),
        ("paragraph", "x", 0),
        ("heading", "y", 4),
        ("heading", "", 3),
    ]
