"""Pastes from Word, Google Docs, Outlook and the web become the marks of our sections (PUB-94, PUB-95)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stemsite.publishing.pasting import address, normalise
from stemsite.publishing.prose import clean_prose
from tests.pastes import CORPUS, PIECES, TWICE

from .hostile import ADDRESSES


@pytest.mark.parametrize("name", CORPUS)
def test_pub_94_each_source_becomes_clean_structure(name):
    pasted, expected = CORPUS[name]
    assert normalise(pasted) == expected


@pytest.mark.parametrize("name", CORPUS)
def test_pub_95_the_sanitiser_finds_nothing_left_to_do(name):
    cleaned = normalise(CORPUS[name][0])
    assert clean_prose(cleaned) == cleaned
    assert normalise(cleaned) == cleaned
    for word in (
        "style=",
        "class=",
        "<o:p",
        "<script",
        "onclick",
        "onmouseover",
        "utm_",
        "fbclid",
        "javascript:",
        "<a>",
    ):
        assert word not in cleaned, word


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_pub_95_cleaning_twice_changes_nothing_whatever_was_pasted(html):
    once = normalise(html)
    assert normalise(once) == once
    assert clean_prose(once) == once


@pytest.mark.parametrize("html", TWICE)
def test_pub_95_cleaning_twice_changes_none_of_these(html):
    once = normalise(html)
    assert normalise(once) == once
    assert clean_prose(once) == once


@pytest.mark.parametrize("href", ADDRESSES)
def test_pub_95_no_link_to_a_script_is_left(href):
    cleaned = normalise(f'<p><a href="{href}">Words</a></p>')
    assert "<a" not in cleaned or "example" in cleaned
    assert clean_prose(cleaned) == cleaned


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://example.org/?utm_source=a&b=1&mc_eid=2#c", "https://example.org/?b=1#c"),
        ("https://example.org/?utm_source=a", "https://example.org/"),
        ("https://example.org/#part", "https://example.org/#part"),
        ("https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.org%2F%3Fa%3D1&usg=x", "https://example.org/?a=1"),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
        ("https://www.google.com/url?q=https%3A%2F%2Fexample.org%ZZ", "https%3A%2F%2Fexample.org%ZZ"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
        ("//evil.example/", ""),
        ("#part", ""),
        ("relative/page", ""),
    ],
)
def test_addresses_lose_what_follows_people_about(typed, kept):
    expected = "" if kept.startswith("https%3A") else kept
    assert address(typed) == expected
