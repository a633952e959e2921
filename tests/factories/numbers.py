"""Numbers that tell the objects of one test apart."""

from __future__ import annotations

import itertools
from typing import ClassVar


class Numbers:
    """1, 2, 3 and so on, anew in every test: what a test sees does not hang on the tests before it."""

    _all: ClassVar[list[Numbers]] = []

    def __init__(self) -> None:
        self.start_again()
        self._all.append(self)

    def start_again(self, first: int = 1) -> None:
        self._count = itertools.count(first)

    def __next__(self) -> int:
        return next(self._count)

    @classmethod
    def all_start_again(cls, first: int = 1) -> None:
        """From ``first`` on, where other processes have made objects in the same data."""
        for numbers in cls._all:
            numbers.start_again(first)
