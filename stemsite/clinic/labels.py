"""Labels of a form's fields as staff write them: one field a line, ``name: Label | help`` (LEAD-12). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST_LABEL, LONGEST_HELP = 80, 200
BUTTON = "button"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    text: str
    help: str = ""


def labels_in(text: str) -> dict[str, Label]:
    """By the name of the field; a line that has none is left out."""
    return {name: label for name, label in _lines(text) if name}


def _lines(text: str) -> Iterator[tuple[str, Label]]:
    for line in text.splitlines():
        if line.strip():
            name, _, words = line.partition(":")
            label, _, helps = words.partition("|")
            yield name.strip(), Label(text=" ".join(label.split()), help=" ".join(helps.split()))


def mistakes(text: str, names: Sequence[str]) -> Iterator[str]:
    """What is wrong with the lines of a form that has the fields ``names`` and a button."""
    lines = list(_lines(text))
    found = [name for name, _ in lines]
    wanted = (*names, BUTTON)
    for name in wanted:
        if found.count(name) != 1:
            how = "is missing" if name not in found else "stands more than once"
            yield f"The line of “{name}” {how}. Write it once: “{name}: its label | its help”."
    for name, label in lines:
        if name not in wanted:
            yield f"There is no field “{name}” on this form. Its fields are: {', '.join(wanted)}."
        elif not label.text:
            yield f"“{name}” has no label. Everybody needs one, those who hear the page most of all."
        elif len(label.text) > LONGEST_LABEL or len(label.help) > LONGEST_HELP:
            yield f"“{name}” is too long: a label has at most {LONGEST_LABEL} characters, its help {LONGEST_HELP}."
        elif name == BUTTON and label.help:
            yield "A button has no help."
