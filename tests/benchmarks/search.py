"""What a search costs that half of 10,000 articles answer: time in the view, by the clock and by the processor."""

from __future__ import annotations

import os
import re
import statistics
import time
from collections.abc import Callable

ROUNDS = 60
BAR = 25
ALTERNATE = "alternate"
"""A word of every second synthetic article."""

CASES: dict[str, dict[str, str]] = {
    "half of all": {"q": ALTERNATE},
    "the same, page 20": {"q": ALTERNATE, "page": "20"},
    "the same, one kind": {"q": ALTERNATE, "kind": "Article"},
    "the same, this year": {"q": ALTERNATE, "year": "THIS"},
    "the same, one topic": {"q": ALTERNATE, "topic": "TOPIC"},
    "two words": {"q": "alternate calendar"},
    "one often in titles": {"q": "letters"},
    "mistyped": {"q": "alternaet"},
}


def search(count: int) -> None:
    """Interleaved rounds of all cases; nothing is kept from one round to the next but what every reader meets."""
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from articles.models import Topic
    from stemsite.heap import keep_what_is_loaded
    from tests.benchmarks.planning import as_in_use

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    topic = Topic.objects.filter(is_sample=True).order_by("pk").values_list("slug", flat=True).first() or ""
    known = {"THIS": str(timezone.localdate().year), "TOPIC": topic}
    as_in_use()
    calls = {
        name: _asked({key: known.get(value, value) for key, value in asked.items()}) for name, asked in CASES.items()
    }
    waited: dict[str, list[float]] = {name: [] for name in calls}
    spent: dict[str, list[float]] = {name: [] for name in calls}
    hits = {name: call() for name, call in calls.items()}
    keep_what_is_loaded()  # As a web process does; what else this one has loaded would be searched for garbage.
    for _ in range(int(os.environ.get("BENCH_ROUNDS", ROUNDS))):
        for name, call in calls.items():
            clock, cpu = time.perf_counter(), time.process_time()
            call()
            waited[name].append((time.perf_counter() - clock) * 1000)
            spent[name].append((time.process_time() - cpu) * 1000)
    print(f"\nSearch over {count:,} articles, {connection.vendor}: time in the view (p95: {BAR} ms at most)")
    for name in calls:
        clock, cpu = waited[name], spent[name]
        print(
            f"  {name:<22}{hits[name]:>6,} hits   {_late(clock):6.1f} ms p95, {statistics.median(clock):6.1f} median;"
            f" CPU {_late(cpu):6.1f} p95, {statistics.median(cpu):6.1f} median"
        )


def _asked(values: dict[str, str]) -> Callable[[], int]:
    from django.test import RequestFactory

    from articles.search_view import search
    from stemsite.serving import store
    from stemsite.serving.lasting import rendering

    factory = RequestFactory()

    def call() -> int:
        with rendering(store.generation()):  # As the middleware does for every page that is made.
            answer = search(factory.get("/search/", values))
        found = re.search(rb"(\d+) results? for", answer.content)
        return int(found[1]) if found else 0

    return call


def _late(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
