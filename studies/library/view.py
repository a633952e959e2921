"""A view of the library as its template wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import finding
from .choices import PEOPLE, SORTS, Choice
from .forms import COUNTED, LABELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A filter that is set: its words, and the address of the view without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looser:
    """What to give up when nothing is left, and how many studies that would show."""

    label: str
    value: str
    url: str
    number: int


def chosen(choice: Choice, path: str, names: Mapping[str, str]) -> tuple[Chosen, ...]:
    """Every filter that is set, words first; ``names`` are those of the condition and the treatment."""
    set_ones = (*(("q",) if choice.q else ()), *choice.filters)
    return tuple(
        Chosen(label=LABELS[name], value=_value(choice, name, names), url=choice.without(name).address(path))
        for name in set_ones
    )


def looser(view: finding.View, path: str, names: Mapping[str, str]) -> tuple[Looser, ...]:
    """Filters without which something would be found, those that leave the most first."""
    choice = view.choice
    found = []
    for name in (*(("q",) if choice.q else ()), *choice.filters):
        if number := view.mask(name).bit_count():
            url = choice.without(name).address(path)
            found.append(Looser(label=LABELS[name], value=_value(choice, name, names), url=url, number=number))
    return tuple(sorted(found, key=lambda one: -one.number))


def sorts(choice: Choice, path: str) -> tuple[tuple[str, str, bool], ...]:
    """Words, address and whether it is the order of this view."""
    best = (("Best match first", choice.without("sort").address(path), not choice.sort),) if choice.q else ()
    others = (
        (words, choice.sorted_by(sort).address(path), choice.sorted_by(sort).sort == choice.sort)
        for sort, words in SORTS.items()
    )
    return (*best, *others)


def _value(choice: Choice, name: str, names: Mapping[str, str]) -> str:
    value: str = getattr(choice, name)
    if name in names:
        return names[name]
    return PEOPLE[value] if name == "people" else COUNTED.get(name, {}).get(value, value)
