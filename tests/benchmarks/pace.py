"""The pace of the machine: what a fixed piece of work takes just now, so that figures of two times can be compared."""

from __future__ import annotations

import re
import sqlite3
import statistics
import time
from collections.abc import Callable

_WORDS = "cells of the patient, treated or not, were counted again after a year " * 40
_WORD = re.compile(r"\w+")


class Yardstick:
    """Some milliseconds of what a page is made of: rows read, words found, text put together."""

    def __init__(self) -> None:
        self.rows = sqlite3.connect(":memory:")
        self.rows.execute("create table row (number integer primary key, word text)")
        self.rows.executemany("insert into row (word) values (?)", [(word,) for word in _WORD.findall(_WORDS)])

    def work(self) -> int:
        found = 0
        for _ in range(4):
            rows = self.rows.execute("select number, word from row order by word, number").fetchall()
            found += len("".join(f"<li>{word.title()} {number}</li>" for number, word in rows))
            found += len({word: number for number, word in enumerate(_WORD.findall(_WORDS))})
        return found

    def measure(self, call: Callable[[], object], rounds: int) -> tuple[float, float, float]:
        """Medians of ``rounds``: milliseconds of the clock, of the processor, and of the processor for the yardstick.

        Both are done in turn, so that a slow minute makes both slow.
        """
        waited, spent, paces = [], [], []
        for _ in range(rounds):
            clock, cpu = time.perf_counter(), time.process_time()
            call()
            waited.append((time.perf_counter() - clock) * 1000)
            spent.append((time.process_time() - cpu) * 1000)
            cpu = time.process_time()
            self.work()
            paces.append((time.process_time() - cpu) * 1000)
        return statistics.median(waited), statistics.median(spent), statistics.median(paces)
