"""Races show only with real commits: a file database, threads or processes, nothing wrapped in a transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection


@pytest.fixture
def at_once() -> Callable[..., list[object]]:
    """Runs calls in threads that all start at the same moment; gives back what each returned or raised."""

    def run(*calls: Callable[[], object]) -> list[object]:
        gate = threading.Barrier(len(calls))
        outcomes: list[object] = [None] * len(calls)

        def one(place: int, call: Callable[[], object]) -> None:
            gate.wait(30)
            try:
                outcomes[place] = call()
            except Exception as error:
                outcomes[place] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=(place, call)) for place, call in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(90)
        assert not any(thread.is_alive() for thread in threads), "a thread never came back: a deadlock"
        return outcomes

    return run


@pytest.fixture
def real(transactional_db):
    """A site with real commits; the database is a file or a server, never one connection's memory."""
    from tests.factories import make_clinic, make_wordings

    assert connection.vendor == "postgresql" or not connection.is_in_memory_db()
    make_wordings()
    return make_clinic()
