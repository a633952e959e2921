"""A printed reference, prepared once for all the records it is compared with (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from studies.identifiers import Identifier, find
from studies.sources.words import without_tags

from .folding import Squashed, expanded

LONGEST = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A printed reference, prepared once for all candidates."""

    text: str
    squashed: Squashed
    words: set[str]
    identifiers: tuple[Identifier, ...]
    sentences: tuple[tuple[int, int], ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Reference:
        notes = (f"Only the first {LONGEST:,} characters were checked.",) if len(text) > LONGEST else ()
        plain = without_tags(text[:LONGEST])
        bare = _without(plain, find(plain))
        return cls(
            text=bare,
            squashed=Squashed.of(bare),
            words=expanded(bare),
            identifiers=tuple({one.kind: one for one in reversed(find(plain))}.values()),
            sentences=tuple(_sentences(bare)),
            notes=notes,
        )


def _without(text: str, identifiers: Iterable[Identifier]) -> str:
    """The text with its identifiers blanked: their letters and digits are no title, year or page."""
    for one in identifiers:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _sentences(text: str) -> list[tuple[int, int]]:
    breaks = [match.end() for match in re.finditer(r"(?:[.?!]|[.?!][\"”’)]|\))\s+(?=[\"“‘(\[]?[^\W_a-z])|\n", text)]
    return [
        (start, end) for start, end in zip([0, *breaks], [*breaks, len(text)], strict=True) if text[start:end].strip()
    ]
