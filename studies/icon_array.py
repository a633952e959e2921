"""Icon arrays: one small mark per person, grouped by outcome; shape and colour both tell the groups apart.

Pure: numbers in, a compact SVG out, one path per group, presentation attributes only. It is
decorative to assistive technology; the sentence beside it carries the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

COLUMNS = 20
STEP = 12

_SHAPES = {
    "better": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    "same": "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0",
    "worse": "m-3.5-3.5l7 7m0-7l-7 7",
    "death": "m-4-4h8v8h-8z",
}


def icon_array(groups: Sequence[tuple[int, str]]) -> str:
    """An SVG with one mark for each person of ``groups`` (pairs of people and direction), in order."""
    paths: list[str] = []
    place = 0
    for people, direction in groups:
        marks = "".join(f"M{_x(place + index)} {_y(place + index)}{_SHAPES[direction]}" for index in range(people))
        paths.append(f'<path class="dot dot-{direction}" d="{marks}"/>')
        place += people
    rows = max(1, -(-place // COLUMNS))
    width, height = min(place, COLUMNS) * STEP, rows * STEP
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg class="icon-array" {size} aria-hidden="true" focusable="false">{"".join(paths)}</svg>'


def _x(index: int) -> int:
    return index % COLUMNS * STEP + STEP // 2


def _y(index: int) -> int:
    return index // COLUMNS * STEP + STEP // 2
