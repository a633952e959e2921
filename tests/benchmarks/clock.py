"""A clock at the database: how long a write transaction is held, and what it spends that time on (LEAD-133)."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)(?:\s+OR\s+\w+)?(?:\s+INTO|\s+FROM)?\s+\"?(\w+)", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Held:
    """From the moment the lock is ours to the end of the commit; waiting for the lock is apart."""

    what: str = "only read"
    seconds: float = 0.0
    waited: float = 0.0
    cpu: float = 0.0
    """Of this thread; what is neither processor nor commit is the processor given to others."""
    commit: float = 0.0
    """SQLite makes the commit lasting here (``synchronous=FULL``): this is the disk."""
    statements: int = 0


class Clock:
    """Watches every transaction of a process; a statement alone is one too, and is given its own BEGIN and COMMIT."""

    def __init__(self) -> None:
        self.held: list[Held] = []
        self.asked: Counter[str] = Counter()
        self._now = threading.local()

    def watch(self) -> None:
        from django.db.backends.base.base import BaseDatabaseWrapper
        from django.db.backends.signals import connection_created
        from django.db.transaction import Atomic

        connection_created.connect(self._listen)
        clock, enter, leave, commit = self, Atomic.__enter__, Atomic.__exit__, BaseDatabaseWrapper.commit

        def entered(atomic: Any) -> None:
            asked_at = time.perf_counter()
            enter(atomic)
            depth = getattr(clock._now, "depth", 0)
            clock._now.depth = depth + 1
            if not depth:
                since = time.perf_counter()
                clock._now.held = Held(waited=since - asked_at)
                clock._now.since, clock._now.cpu = since, time.thread_time()

        def left(atomic: Any, *trouble: Any) -> None:
            try:
                leave(atomic, *trouble)
            finally:
                clock._now.depth -= 1
                if not clock._now.depth:
                    held = clock._now.held
                    held.seconds = time.perf_counter() - clock._now.since
                    held.cpu = time.thread_time() - clock._now.cpu
                    clock.held.append(held)

        def committed(connection: Any) -> None:
            since = time.perf_counter()
            commit(connection)
            if getattr(clock._now, "depth", 0):
                clock._now.held.commit += time.perf_counter() - since

        Atomic.__enter__, Atomic.__exit__ = entered, left  # type: ignore[assignment, method-assign]
        BaseDatabaseWrapper.commit = committed  # type: ignore[method-assign]

    def _listen(self, connection: Any, **_: Any) -> None:
        if self._asked not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._asked)

    def _asked(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        from django.db import transaction

        self.asked[threading.current_thread().name] += 1
        written = WRITES.match(sql)
        if not written:
            self._count("")
            return execute(sql, params, many, context)
        what = f"{written[1].lower()} {written[2]}"
        if getattr(self._now, "depth", 0):
            self._count(what)
            return execute(sql, params, many, context)
        with transaction.atomic():
            self._count(what)
            return execute(sql, params, many, context)

    def _count(self, what: str) -> None:
        if not getattr(self._now, "depth", 0):
            return
        self._now.held.statements += 1
        if what and self._now.held.what == "only read":
            self._now.held.what = what

    def keep(self, file: Path) -> None:
        """What was seen so far, whole or not at all."""
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps({"held": [asdict(each) for each in self.held], "asked": dict(self.asked)}))
        fresh.replace(file)

    def keep_on(self, file: Path, every: float = 1.0) -> None:
        """For a process that is ended without a word: at most the last moment is missing."""

        def go_on() -> None:
            while True:
                time.sleep(every)
                self.keep(file)

        threading.Thread(target=go_on, daemon=True).start()
