"""What a view may name besides the fixed choices: conditions, treatments and years that studies have."""

from __future__ import annotations

from functools import cached_property

from . import finding


class Known:
    """Asked only for what an address names; ``names`` holds what was asked for, under its own words."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    @cached_property
    def years(self) -> range:
        return finding.years()

    def knows(self, kind: str, value: str) -> bool:
        if kind == "year":
            return value.isascii() and value.isdigit() and len(value) == 4 and int(value) in self.years
        if name := finding.term_named(kind, value):
            self.names[kind] = name
        return bool(name)
