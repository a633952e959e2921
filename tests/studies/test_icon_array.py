"""One mark for each person, in a few hundred bytes."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import brotli
import pytest

from studies.icon_array import COLUMNS, STEP, icon_array


@pytest.mark.parametrize("direction", ["better", "same", "worse", "death"])
@pytest.mark.parametrize("people", [1, 5, 20, 21, 67])
def test_there_is_one_mark_for_each_person_in_rows_of_twenty(people, direction):
    svg = fromstring(icon_array(people, direction))
    (path,) = list(svg)
    marks = {"better": "-10 0m", "same": "-9 0m", "worse": "m0-8m", "death": "h-10zm"}[direction]
    assert path.get("d").count(f"{marks}{STEP} 0") == people
    assert path.get("d").count(f"m-{COLUMNS * STEP} {STEP}") == people // COLUMNS
    width, height = svg.get("viewBox").split()[2:]
    assert int(width) == min(people, COLUMNS) * STEP
    assert int(height) == -(-people // COLUMNS) * STEP


def test_a_large_array_costs_next_to_nothing():
    few, many = (len(brotli.compress(icon_array(people, "same").encode())) for people in (20, 400))
    assert many - few < 60


def test_it_is_silent_for_who_hears_the_page():
    assert fromstring(icon_array(3, "death")).get("aria-hidden") == "true"
