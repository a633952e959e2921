"""PAGE-25: which words of a page become links to the glossary, and which do not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.glossing import Glossing, needless, vocabulary

TERMS = (
    ("als", ("ALS", "amyotrophic lateral sclerosis", "Lou Gehrig's disease", "R&D")),
    ("stem-cell", ("stem cell",)),
    ("mesenchymal-stem-cell", ("mesenchymal stem cell", "MSC")),
    ("registry", ("registry",)),
    ("placebo", ("placebo",)),
    ("phase-1", ("phase 1", "phase I")),
    ("randomized", ("randomized", "randomised")),
    ("open-label", ("open-label",)),
    ("calorie", ("calorie",)),
)


def linked(html: str, *, done: set[str] | None = None) -> list[tuple[str, str]]:
    """Anchor and words of each link that was added; nothing else of the page has changed."""
    found = Glossing(vocabulary(TERMS), done=done or set()).link(html)
    assert re.sub(r"<a href=/glossary/#[a-z0-9-]+>(.*?)</a>", r"\1", found, flags=re.DOTALL) == html
    return re.findall(r"<a href=/glossary/#([a-z0-9-]+)>(.*?)</a>", found, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One placebo.", [("placebo", "placebo")]),
        ("Placebo first, and a placebo later.", [("placebo", "Placebo")]),
        ("Two placebos and two registries.", [("placebo", "placebos"), ("registry", "registries")]),
        ("A registry.", [("registry", "registry")]),
        ("Stem-cells, or stem cells.", [("stem-cell", "Stem-cells")]),
        ("stem\n cells", [("stem-cell", "stem\n cells")]),
        ("stem&nbsp;cell", [("stem-cell", "stem&nbsp;cell")]),
        ("mesenchymal stem cells", [("mesenchymal-stem-cell", "mesenchymal stem cells")]),
        ("Many MSCs here.", [("mesenchymal-stem-cell", "MSCs")]),
        ("The msc and the als.", []),
        ("ALS is amyotrophic lateral sclerosis.", [("als", "ALS")]),
        ("Lou Gehrig's disease", [("als", "Lou Gehrig's disease")]),
        ("lou Gehrig’s diseases", [("als", "lou Gehrig’s diseases")]),
        ("about R&amp;D", [("als", "R&amp;D")]),
        ("phase 1/2 and phase 10", []),
        ("This phase is over.", []),
        ("Phase I: who?", [("phase-1", "Phase I")]),
        ("Phase 1: who?", [("phase-1", "Phase 1")]),
        ("placebo-controlled, non-placebo, replacebo", []),
        ("Open label or open-label", [("open-label", "Open label")]),
        ("calories", [("calorie", "calories")]),
        ("calory &placebo; AT&placebo", []),
    ],
)
def test_case_and_plural_as_a_reader_expects_the_longest_term_first_each_once(text, expected):
    """PAGE-25"""
    assert linked(f"<p>{text}</p>") == expected


@pytest.mark.parametrize("tag", ["h2", "h3", "h4", "blockquote", "cite", "q", "sup", "th", "caption", "a"])
def test_headings_links_citations_and_quotes_stay_as_they_are(tag):
    """PAGE-25"""
    assert linked(f'<{tag} data-loc="a > b">a placebo <b>placebo</b></{tag}> text') == []
    after = linked(f"<{tag}>a placebo</{tag}><p>then a placebo</p>")
    assert after == [("placebo", "placebo")]


def test_what_an_attribute_says_is_no_text():
    assert linked('<img alt="a placebo > b placebo"><cite data-ref="1" data-loc="placebo > 2"></cite>') == []


def test_a_term_is_linked_once_on_a_page_whatever_its_sections():
    page = Glossing(vocabulary(TERMS))
    assert "<a" in page.link("<p>A placebo.</p>")
    assert "<a" not in page.link("<p>A placebo, and placebos.</p>")
    assert page.done == {"placebo"}


def test_what_the_page_is_about_needs_no_link():
    done = needless(TERMS, {"Amyotrophic lateral sclerosis", "something else"})
    assert done == {"als"}
    assert linked("<p>ALS and placebo</p>", done=done) == [("placebo", "placebo")]


def test_no_glossary_no_change():
    assert Glossing(vocabulary(())).link("<p>placebo</p>") == "<p>placebo</p>"


def test_the_pattern_is_made_once_for_each_state_of_the_glossary():
    assert vocabulary(TERMS) is vocabulary(tuple(TERMS))


@given(st.lists(st.sampled_from([*'aepc1 -\n<>&;"İſ', "placebo", "stem cell", "<b>", "</b>", "<a>", "</a>"])))
def test_whatever_the_text_only_links_are_added(pieces):
    linked("".join(pieces))
