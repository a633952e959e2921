"""The stored pages that this process has at hand, and whether it may still give them.

The truth lies in the database. A process trusts what it saw there for ``LEASE`` seconds, and only
while nothing public changed: whoever changes something counts one further *after* their commit and
*before* they say so (``changed``), and all processes of the machine see that number. Where other
machines serve too, the change waits until every lease that began before it is over. So no process
answers with older bytes once "published" was said; and if one dies between its commit and its
counting, nothing was said and the leases end by themselves.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.db import transaction

from .answers import Answer
from .counter import Counter

LEASE = 0.5
"""Seconds."""

_RENEWAL = LEASE / 2
"""Before its end one reader's request goes to the database, so that not all do at its end."""

MOST_BYTES = 40_000_000


@cache
def counter() -> Counter:
    return Counter(settings.DATA_DIR / "page-store" / "changes")


@dataclass(slots=True)
class Seen:
    """Pages of one state of the site, seen in reads that began at ``began`` or later."""

    counted: int | None = None
    generation: int = -1
    began: float = 0.0
    until: float = 0.0
    renew: float = 0.0
    size: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """Taken before the database is asked: an answer from it is no younger than this."""

    counted: int | None
    began: float


class Memory:
    """The pages one process has at hand."""

    def __init__(self) -> None:
        self.seen = Seen()
        self._lock = threading.Lock()

    def get(self, address: str) -> Answer | None:
        """The answer for ``address`` if it is certain that the database would give the same."""
        seen = self.seen
        now = time.monotonic()
        if seen.until < now or seen.counted != counter().read():
            return None
        if seen.renew < now:
            seen.renew = now + _RENEWAL
            return None
        return self._good(seen, address)

    def last_known(self, address: str) -> Answer | None:
        """For when the database is away (SEC-03): as ``get`` after the lease, unless something public changed."""
        seen = self.seen
        return self._good(seen, address) if seen.counted == counter().read() else None

    def look(self) -> Look:
        counter().find_again()
        return Look(counter().read(), time.monotonic())

    def confirm(self, look: Look, generation: int, address: str, answer: Answer) -> None:
        """What the database said to a question that was put after ``look``."""
        with self._lock:
            seen = self.seen
            if look.began < seen.began:
                return
            if (seen.counted, seen.generation) != (look.counted, generation) or seen.size > MOST_BYTES:
                seen = Seen(counted=look.counted, generation=generation, began=look.began)
            if (old := seen.answers.pop(address, None)) is not None:
                seen.size -= old.size
            seen.answers[address] = answer
            seen.size += answer.size
            if look.counted is not None:
                seen.until = max(seen.until, look.began + LEASE)
                seen.renew = seen.until - _RENEWAL
            self.seen = seen

    @staticmethod
    def _good(seen: Seen, address: str) -> Answer | None:
        answer = seen.answers.get(address)
        return answer if answer is not None and answer.good_until > time.time() else None


memory = Memory()


def changed() -> None:
    """Let no process give what it has at hand, from the commit of the transaction in hand on."""
    waiting = transaction.get_connection().run_on_commit
    if not any(call[1] is _tell for call in waiting):
        transaction.on_commit(_tell)


def _tell() -> None:
    told = counter().advance()
    if settings.SEVERAL_MACHINES or not told:
        time.sleep(LEASE)
