"""What the forms bear against the real server (LEAD-130): ten a second on a beat, then sixteen clients flat out."""

from __future__ import annotations

import itertools
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from tests.durability.client import Client
from tests.durability.site import Site
from tests.durability.visitors import FORMS, Blanks

RATE = 10
CLIENTS = 16
UNLIMITED = {"LEADS_LIMITS": "no"}
"""One network sends everything here, which the limits are there to stop."""

Send = Callable[[], tuple[int, float]]


def forms(*, seconds: float = 20) -> None:
    """Print both bars. Every answer must say that the request was stored; the rows are counted afterwards."""
    with tempfile.TemporaryDirectory(prefix="stemsite-bench-forms-") as folder:
        site = Site(Path(folder), hurried=False, more=UNLIMITED)
        site.manage("prepare")
        with site.running():
            send = sender(site.port)
            for _ in FORMS:
                send()
            paced, flat = on_a_beat(send, seconds), flat_out(send, seconds)
            stored = site.ask(
                "from leads.models.request import REQUESTS\n"
                "answer = sum(model._default_manager.count() for model in REQUESTS)"
            )
    report(paced, flat, seconds=seconds, stored=stored)


def sender(port: int) -> Send:
    """Sends one form after the other, each from somebody new; the status and the seconds it took."""
    blanks = Blanks.fetched(port)
    numbers, turns = itertools.count(1), itertools.cycle(FORMS)

    def send() -> tuple[int, float]:
        name, number = next(turns), next(numbers)
        values = blanks.filled(name, email=f"bench{number}@example.org", nonce=str(uuid.uuid4()), number=str(number))
        began = time.perf_counter()
        answer = Client(port).post(f"/{name}/", values)
        return answer.status, time.perf_counter() - began

    return send


def on_a_beat(send: Send, seconds: float) -> list[tuple[int, float]]:
    """``RATE`` a second whatever the answers do: a slow answer delays nobody who comes after it."""
    found: list[tuple[int, float]] = []
    threads = []
    began = time.perf_counter()
    for beat in range(int(seconds * RATE)):
        time.sleep(max(0.0, began + beat / RATE - time.perf_counter()))
        threads.append(threading.Thread(target=lambda: found.append(send())))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return found


def flat_out(send: Send, seconds: float) -> list[tuple[int, float]]:
    found: list[tuple[int, float]] = []
    until = time.perf_counter() + seconds

    def press() -> None:
        while time.perf_counter() < until:
            found.append(send())

    threads = [threading.Thread(target=press) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def report(paced: list[tuple[int, float]], flat: list[tuple[int, float]], *, seconds: float, stored: int) -> None:
    times = sorted(spent * 1000 for _, spent in paced)
    parts = statistics.quantiles(times, n=100)
    errors = sum(status != 303 for status, _ in (*paced, *flat))
    acknowledged = sum(status == 303 for status, _ in (*paced, *flat)) + len(FORMS)
    print("\nForms against the real server (LEAD-130)")
    p50, p95, p99 = parts[49], parts[94], parts[98]
    print(f"  {RATE}/s: p50 {p50:.0f} ms, p95 {p95:.0f} ms (at most 100), p99 {p99:.0f} ms (at most 300)")
    print(
        f"  {CLIENTS} clients flat out: {len(flat) / seconds:.0f} leads/s (at least 50), "
        f"slowest {max(spent for _, spent in flat):.1f} s (at most 10, better 2)"
    )
    print(f"  errors: {errors}; acknowledged {acknowledged}, stored {stored}")
