"""What a view may name besides the fixed choices: conditions, treatments and years that studies have."""

from __future__ import annotations

from .index import Index


class Known:
    """Whether the library knows what an address names; ``names`` holds what was asked for, under its own words."""

    def __init__(self, library: Index) -> None:
        self.library = library
        self.names: dict[str, str] = {}

    @property
    def years(self) -> range:
        return self.library.years

    def knows(self, kind: str, value: str) -> bool:
        if kind == "year":
            return value.isascii() and value.isdigit() and len(value) == 4 and int(value) in self.years
        if name := self.library.newest_name.get((kind, value), ""):
            self.names[kind] = name
        return bool(name)
