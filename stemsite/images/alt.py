"""Whether an alternative text says anything."""

from __future__ import annotations

import re

_FILE_NAME = re.compile(
    r"(?:.*\.(?:jpe?g|png|gif|webp|avif|tiff?|bmp|heic|svg)|(?:img|dsc|dscn|dscf|pxl|image|photo|picture|screenshot)"
    r"[\s_-]*\d*)\Z",
    re.IGNORECASE,
)
MAX_ALT = 300


def alt_problem(alt: str, *, decorative: bool) -> str | None:
    """What is wrong with ``alt``, in words for staff, or none (PUB-100)."""
    text = alt.strip()
    if decorative:
        return "A decorative picture has no alternative text. Empty it, or unmark decorative." if text else None
    if not any(letter.isalnum() for letter in text):
        return "The picture needs alternative text: what does it tell? Or mark it as decorative."
    if _FILE_NAME.match(text):
        return f"“{text}” is a file name, not a description. Say what the picture tells."
    if len(text) > MAX_ALT:
        return "The alternative text is longer than 300 characters. Put the rest into the caption."
    return None
