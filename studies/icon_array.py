"""Icon arrays: one small mark per person, an array for each outcome; shape and colour both tell outcomes apart.

Pure: a number in, a compact SVG of one path out. It is decorative to assistive technology; the
words beside it carry the number.
"""

from __future__ import annotations

COLUMNS = 20
STEP = 14

_MARKS = {
    "better": ("M2 7", "a5 5 0 1 0 10 0a5 5 0 1 0-10 0"),
    "same": ("M2.5 7", "a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0"),
    "worse": ("M3 3", "l8 8m0-8l-8 8m0-8"),
    "death": ("M2 2", "h10v10h-10z"),
}
"""Where the first mark begins, and one mark drawn from there and back: equal steps compress to almost nothing."""


def icon_array(people: int, direction: str) -> str:
    """An SVG with one mark for each of ``people`` who had the same outcome."""
    start, mark = _MARKS[direction]
    step = f"{mark}m{STEP} 0"
    full, rest = divmod(people, COLUMNS)
    row = f"{step * COLUMNS}m-{COLUMNS * STEP} {STEP}"
    width, height = min(people, COLUMNS) * STEP, -(-people // COLUMNS) * STEP
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    path = f'<path class="{direction}" d="{start}{row * full}{step * rest}"/>'
    return f'<svg class="icon-array" {size} aria-hidden="true">{path}</svg>'
