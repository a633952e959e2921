"""What a file may hold: size, number of records, authors, text and time (EVD-93)."""

from __future__ import annotations

import time
from collections.abc import Callable

from .base import FileRefused, StudyRecord

MAX_BYTES = 20 * 1024 * 1024
MAX_RECORDS = 5_000
MAX_AUTHORS = 10_000
MAX_TEXT = 1024 * 1024
MAX_SECONDS = 60.0
KEPT_ORIGINAL = 20_000
"""How much of a piece that could not be read is kept for a person to mend."""


class Watch:
    """Counts records and time while a file is read, and refuses what is beyond the limits."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends_at = clock() + MAX_SECONDS
        self._records = 0

    def record(self) -> None:
        self._records += 1
        if self._records > MAX_RECORDS:
            raise FileRefused(
                f"This file holds more than {MAX_RECORDS:,} records. Please divide it and import the parts."
            )
        self.check_time()

    def check_time(self) -> None:
        if self._clock() > self._ends_at:
            raise FileRefused("Reading took longer than a minute and was stopped. Please divide the file.")


def too_much(record: StudyRecord) -> str:
    """Why one record is beyond the limits, or nothing."""
    if len(record.authors) > MAX_AUTHORS:
        return f"More than {MAX_AUTHORS:,} authors."
    texts = (record.title, record.journal, record.coi, *(text for _, text in record.abstract))
    if sum(map(len, texts)) > MAX_TEXT:
        return "More than 1 MB of text in one record."
    return ""
