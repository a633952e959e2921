"""Marks in the text to numbered references. Pure: numbers follow first appearance over the whole page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape

_RUN = re.compile(r'(?:\s*<cite data-ref="\d+"(?: data-loc="[^"]*")?></cite>)+')
_MARK = re.compile(r'<cite data-ref="(\d+)"(?: data-loc="([^"]*)")?></cite>')

Label = Callable[[int], str]
"""The margin note of a reference: ``Barczewska 2020, 67 people``."""


@dataclass(slots=True)
class Numbering:
    """Numbers given so far on one page, and the places each source is cited from."""

    known: frozenset[int]
    label: Label
    sidenotes: bool = True
    numbers: dict[int, int] = field(default_factory=dict)
    places: dict[int, list[str]] = field(default_factory=dict)

    def number(self, reference: int) -> int:
        return self.numbers.setdefault(reference, len(self.numbers) + 1)

    def mark(self, html: str) -> str:
        """``html`` with every citation mark as a numbered link (PAGE-53, PAGE-54); unknown sources leave no mark."""
        return _RUN.sub(lambda run: self._run(run[0]), html)

    def cite(self, reference: int, place: str) -> int:
        """Count a citation that is not in running text, such as a study card at ``place``."""
        number = self.number(reference)
        self.places.setdefault(reference, []).append(f"#{place}")
        return number

    def _run(self, marks: str) -> str:
        cited = [(int(pk), loc) for pk, loc in _MARK.findall(marks) if int(pk) in self.known]
        if not cited:
            return ""
        new = [pk for pk, _ in cited if pk not in self.numbers]
        numbered = sorted({self.number(pk): (pk, loc) for pk, loc in cited}.items())
        links = [self._link(group) for group in _consecutive(numbered)]
        return (
            f'<sup class="cite">{"<span>, </span>".join(links)}</sup>{"".join(map(self._sidenote, dict.fromkeys(new)))}'
        )

    def _link(self, group: list[tuple[int, tuple[int, str]]]) -> str:
        first, (reference, locator) = group[0]
        place = f"cite-{first}-{len(self.places.get(reference, [])) + 1}"
        for _, (pk, _loc) in group:
            self.places.setdefault(pk, []).append(f"#{place}")
        where = f' data-loc="{escape(unescape(locator))}"' if locator and len(group) == 1 else ""
        if len(group) > 1:
            last = group[-1][0]
            words = (
                f'<span class="vh">References {first} to {last}</span><span aria-hidden="true">{first}–{last}</span>'
            )
        else:
            words = f'<span class="vh">Reference </span>{first}'
        return f'<a href="#ref-{first}" id="{place}" role="doc-biblioref"{where}>{words}</a>'

    def _sidenote(self, reference: int) -> str:
        if not self.sidenotes:
            return ""
        number = self.numbers[reference]
        return (
            f'<span class="sidenote" aria-hidden="true"><a href="#ref-{number}" tabindex="-1">'
            f"{escape(self.label(reference))}</a></span>"
        )


def _consecutive(
    numbered: list[tuple[int, tuple[int, str]]],
) -> list[list[tuple[int, tuple[int, str]]]]:
    """Runs of three or more following numbers as one group, every other number alone."""
    runs: list[list[tuple[int, tuple[int, str]]]] = []
    for item in numbered:
        if runs and item[0] == runs[-1][-1][0] + 1:
            runs[-1].append(item)
        else:
            runs.append([item])
    return [group for run in runs for group in ([run] if len(run) > 2 else [[item] for item in run])]
