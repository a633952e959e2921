"""Numbers by first appearance, marks and back-links, notes in the margin (PAGE-53, PAGE-54, PUB-93)."""

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stemsite.publishing.prose import clean_prose
from studies.citing import Numbering


def cite(*ids, loc=""):
    where = f' data-loc="{loc}"' if loc else ""
    return "".join(f'<cite data-ref="{pk}"{where}></cite>' for pk in ids)


def numbering(*known, **options):
    return Numbering(known=frozenset(known or range(1, 60)), label=lambda pk: f"Author {pk} <2020>", **options)


def test_page_54_the_mark_up_of_one_mark():
    html = numbering(sidenotes=False).mark(f"<p>It may help {cite(7)}.</p>")
    assert 'href="#ref-1"' in html
    assert 'role="doc-biblioref"' in html
    assert 'id="cite-1-1"' in html
    assert '<span class="vh">Reference </span>1</a></sup>.' in html
    assert "help<sup" in html


def test_page_53_numbers_follow_first_appearance_and_a_source_keeps_its_number():
    marks = numbering()
    marks.mark(f"<p>{cite(9)} and {cite(4)}</p>")
    marks.mark(f"<li>{cite(4)} then {cite(2)}</li>")
    assert marks.numbers == {9: 1, 4: 2, 2: 3}
    assert marks.places == {9: ["#cite-1-1"], 4: ["#cite-2-1", "#cite-2-2"], 2: ["#cite-3-1"]}


def test_page_53_three_or_more_in_a_row_collapse_and_two_do_not():
    html = numbering(sidenotes=False).mark(f"<p>{cite(1, 2, 3)}</p>")
    assert '<span class="vh">References 1 to 3</span><span aria-hidden="true">1–3</span>' in html
    assert html.count("<a ") == 1
    assert numbering(sidenotes=False).mark(f"<p>{cite(1, 2)}</p>").count("<a ") == 2


def test_page_53_a_run_is_sorted_and_a_double_counts_once():
    marks = numbering(sidenotes=False)
    marks.mark(f"<p>{cite(5)}</p><p>{cite(6)}</p><p>{cite(7)}</p>")
    html = marks.mark(f"<p>{cite(7, 5, 6, 5)}</p>")
    assert "1–3" in html
    assert marks.places[5] == ["#cite-1-1", "#cite-1-2"]
    assert marks.places[7] == ["#cite-3-1", "#cite-1-2"]


def test_an_unknown_source_leaves_no_mark():
    assert numbering(1).mark(f"<p>Words{cite(99)}.</p>") == "<p>Words.</p>"


def test_a_locator_is_escaped_once():
    html = numbering(sidenotes=False).mark(
        clean_prose('<p>x<cite data-ref="3" data-loc="p 5 &amp; &quot;6&quot;"></cite></p>')
    )
    assert "p 5 &amp; &quot;6&quot;" in html
    assert "&amp;amp;" not in html


def test_the_margin_note_stands_once_and_holds_no_mark_up():
    html = numbering().mark(f"<p>{cite(3)} and again {cite(3)}</p>")
    assert html.count('class="sidenote"') == 1
    assert "Author 3 &lt;2020&gt;" in html
    assert 'aria-hidden="true"' in html


def test_a_card_counts_as_a_place():
    marks = numbering()
    assert marks.cite(8, "study-12") == 1
    marks.mark(f"<p>{cite(8)}</p>")
    assert marks.places[8] == ["#study-12", "#cite-1-2"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ('<p>a<cite data-loc="p 5" data-ref="3">[9]</cite></p>', '<p>a<cite data-ref="3" data-loc="p 5"></cite></p>'),
        ('<p><a href="/x">t<cite data-ref="3"></cite></a></p>', '<p><a href="/x">t</a><cite data-ref="3"></cite></p>'),
        ('<p>a<cite data-ref="0"></cite><cite data-ref="x">b</cite></p>', "<p>ab</p>"),
    ],
)
def test_a_citation_is_stored_in_its_one_form(typed, stored):
    assert clean_prose(typed) == stored
    assert clean_prose(stored) == stored


def test_an_empty_link_leaves_its_space_and_nothing_else():
    assert clean_prose('<p>a<a href="/x"> </a>b</p>') == "<p>a b</p>"
    assert clean_prose('<p>a<a href="/x"></a>b</p>') == "<p>ab</p>"


@given(st.lists(st.lists(st.integers(1, 12), min_size=1, max_size=6), min_size=1, max_size=12))
def test_page_54_ids_are_unique_and_every_link_and_back_link_has_its_target(runs):
    marks = numbering(*range(1, 11))
    body = "".join(f"<div>{marks.mark(f'<p>Text{cite(*run)}</p>')}</div>" for run in runs)
    entries = "".join(f'<li id="ref-{number}"></li>' for number in marks.numbers.values())
    root = html5lib.parse(body + entries, namespaceHTMLElements=False)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    targets = {place for places in marks.places.values() for place in places}
    targets |= {element.get("href") for element in root.iter("a")}
    assert {target.removeprefix("#") for target in targets} <= set(ids)
    assert sorted(marks.numbers.values()) == list(range(1, len(marks.numbers) + 1))
