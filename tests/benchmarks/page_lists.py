"""What the lists of pages cost staff with few and with many articles and studies (PUB-113): clock, CPU and queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tests.benchmarks.pace import Yardstick

ROUNDS = 9
BAR = 300
MOST = 1.5
PATHS = (
    "/admin/publishing/page/",
    "/admin/publishing/page/?p=30",
    "/admin/publishing/page/?queue=overdue",
    "/admin/publishing/page/?whose=mine",
    "/admin/publishing/page/?whose=own",
    "/admin/publishing/page/?o=4",
    "/admin/publishing/page/?q=no.",
    "/admin/articles/article/",
    "/admin/articles/article/?kind__exact=guide",
    "/admin/articles/article/?q=no.",
)
"""Words of every synthetic title are looked for: the first screen is full with few rows too."""
STUDY_PATHS = ("/admin/studies/study/", "/admin/studies/study/?q=no.")


class Cost(NamedTuple):
    clock: float
    cpu: float
    pace: float
    """Milliseconds; the last those of the yardstick at the time."""
    queries: int

    def beside(self, few: Cost) -> float:
        """How many times what it cost with few, had the machine kept its pace."""
        return (self.cpu / self.pace) / (few.cpu / few.pace)


def page_lists(paths: Sequence[str] = PATHS) -> dict[str, Cost]:
    """Every path as the publisher sees it now."""
    from django.conf import settings
    from django.test import Client

    from stemsite.accounts.models import User
    from tests.benchmarks.planning import as_in_use

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    as_in_use()
    client = Client()
    client.force_login(User.objects.get(email="publisher@example.org"))
    return {path: _cost(client, path) for path in paths}


def compare(few: dict[str, Cost], many: dict[str, Cost], pages: int) -> None:
    print(f"\nLists of pages for staff with {pages:,} rows (bars: {BAR} ms, x{MOST} of few, as many queries)")
    for path, cost in many.items():
        before = few[path]
        print(
            f"  {path:<44}{cost.clock:6.0f} ms on the clock, {cost.cpu:5.0f} of CPU, x{cost.beside(before):.2f}"
            f" (with few {before.cpu:.0f}; machine x{cost.pace / before.pace:.2f}), {cost.queries} queries"
            f" ({before.queries})"
        )


def _cost(client: Any, path: str) -> Cost:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    parts = path.removesuffix("?p=30")
    known = client.get(path)
    path = path if known.status_code == 200 else parts  # Few rows have no thirtieth part.
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
        number = sum(not each["sql"].startswith(("BEGIN", "COMMIT")) for each in asked.captured_queries)

    def call() -> None:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    return Cost(*Yardstick().measure(call, ROUNDS), number)
