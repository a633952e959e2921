"""Authors as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.authors import as_lines, from_lines

names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
authors = st.lists(st.lists(names, min_size=1, max_size=3), max_size=8)


def test_one_author_stands_on_each_line():
    text = "Barczewska, Monika\nALS Study Group\nSmith, Ann B., Jr"
    assert from_lines(text) == [["Barczewska", "Monika"], ["ALS Study Group"], ["Smith", "Ann B.", "Jr"]]
    assert as_lines(from_lines(text)) == text


def test_a_group_whose_name_holds_commas_stands_in_quotation_marks():
    group = [["Institute of Nerves, Department 2"]]
    assert as_lines(group) == '"Institute of Nerves, Department 2"'
    assert from_lines(as_lines(group)) == group


@given(authors)
def test_every_list_of_names_comes_back_as_it_went(found):
    assert from_lines(as_lines(found)) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Smith,", "after the last comma"),
        (", John", "missing before a comma"),
        ('"Smith, John', "quotation mark"),
        ('"Smith" Jones, John', "quotation mark"),
        ("A, B, C, D", "Family, Given"),
        ("x" * 201, "longer than 200"),
        ("\n".join(f"Name {n}" for n in range(3001)), "more than 3000"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text, words):
    with pytest.raises(ValueError, match=words):
        from_lines(text)


@given(st.text(max_size=200))
def test_no_text_at_all_breaks_it(text):
    try:
        read = from_lines(text)
    except ValueError:
        return
    assert all(read)
