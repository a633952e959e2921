"""The worker, with a clock at its database: how long it holds a write transaction, what a letter asks (LEAD-133).

Run as ``python -m tests.benchmarks.timed_worker FILE``; what was measured is in FILE when it has stopped.
"""

from __future__ import annotations

import json
import re
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", re.IGNORECASE)


class Clock:
    """Times from the moment a lock is held to the end of the commit; waiting for the lock is not counted."""

    def __init__(self) -> None:
        self.held: list[float] = []
        self.longest: dict[str, float] = {}
        self.asked: Counter[str] = Counter()
        self._now = threading.local()

    def watch(self) -> None:
        from django.db.backends.signals import connection_created
        from django.db.transaction import Atomic

        connection_created.connect(self._listen)
        clock, enter, leave = self, Atomic.__enter__, Atomic.__exit__

        def entered(atomic: Any) -> None:
            enter(atomic)
            depth = getattr(clock._now, "depth", 0)
            clock._now.depth = depth + 1
            if not depth:
                clock._now.since, clock._now.wrote = time.perf_counter(), ""

        def left(atomic: Any, *trouble: Any) -> None:
            leave(atomic, *trouble)
            clock._now.depth -= 1
            if not clock._now.depth:
                clock._note(time.perf_counter() - clock._now.since, clock._now.wrote or "only read")

        Atomic.__enter__, Atomic.__exit__ = entered, left  # type: ignore[assignment, method-assign]

    def _listen(self, connection: Any, **_: Any) -> None:
        connection.execute_wrappers.append(self._asked)

    def _asked(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.asked[threading.current_thread().name] += 1
        if not WRITES.match(sql):
            return execute(sql, params, many, context)
        if getattr(self._now, "depth", 0):
            self._now.wrote = self._now.wrote or sql[:60]
            return execute(sql, params, many, context)
        since = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self._note(time.perf_counter() - since, f"alone, with its wait: {sql[:60]}")

    def _note(self, seconds: float, what: str) -> None:
        self.held.append(seconds)
        self.longest[what] = max(self.longest.get(what, 0.0), seconds)


def main(report: Path) -> None:
    django.setup()
    from stemsite.tasks.worker import Worker

    clock = Clock()
    clock.watch()
    worker = Worker()
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run()
    report.write_text(json.dumps({"held": clock.held, "longest": clock.longest, "asked": clock.asked}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
