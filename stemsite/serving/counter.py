"""A number that all processes of this machine see change at once, for some ten nanoseconds a look."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import time
from pathlib import Path

_SIZE = 8


class Counter:
    """Eight bytes in a file, mapped into memory. Without a file there is no number, and nobody trusts their memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open()

    def _open(self) -> None:
        self._map: mmap.mmap | None = None
        self._file: tuple[int, int] | None = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if os.fstat(file.fileno()).st_size < _SIZE:
                    # No number of an earlier file, so that nobody takes what they saw then for what is now.
                    file.write(struct.pack("Q", time.time_ns()))
                    file.flush()
                fcntl.flock(file, fcntl.LOCK_UN)  # The map keeps the file open, and with it the lock.
                self._map = mmap.mmap(file.fileno(), _SIZE)
                self._file = _known(os.fstat(file.fileno()))
        except OSError:
            pass
        self._numbers = memoryview(self._map).cast("Q") if self._map else None

    def read(self) -> int | None:
        numbers = self._numbers
        return numbers[0] if numbers else None

    def find_again(self) -> bool:
        """Whether the file is where it was; where somebody cleared its folder, the one all look at now is taken."""
        try:
            is_there = _known(self.path.stat()) == self._file
        except OSError:
            is_there = False
        if not is_there:
            self._open()
        return is_there

    def advance(self) -> bool:
        """Count one more; false where the others on this machine cannot be told."""
        was_there = self.find_again()
        if self._map is None or self._numbers is None:
            return False
        try:
            with self.path.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                struct.pack_into("Q", self._map, 0, (self._numbers[0] + 1) % 2**64)
        except OSError:
            return False
        return was_there


def _known(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
