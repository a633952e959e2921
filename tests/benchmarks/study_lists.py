"""What the study library and the table of evidence cost with few and with many studies: CPU of this process."""

from __future__ import annotations

import os
from collections.abc import Callable

from tests.benchmarks.pace import Yardstick
from tests.benchmarks.page_lists import STUDY_PATHS, compare, page_lists

FEW = 100
ROUNDS = 9
PATHS = (
    "/studies/",
    "/studies/?page=3",
    "/studies/?sort=people",
    "/studies/?sort=certainty",
    "/studies/?design=randomised",
    "/studies/?condition=als&people=100&year=2015",
    "/studies/?q=cells&design=randomised",
    "/conditions/als/evidence/",
)
MOST = 1.5
"""How much more a page may cost with the many than with the few (PAGE lists)."""


def study_lists(request: Callable[[str], object]) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from tests.benchmarks.planning import as_in_use

    settings.PAGE_STORE = False
    many = int(os.environ.get("BENCH_STUDIES", "10000"))
    call_command("demo", studies=FEW, password="for the bench only")
    few = {path: cost(request, path) for path in PATHS}
    staff = page_lists(STUDY_PATHS)
    call_command("demo", studies=many - FEW, password="for the bench only")
    as_in_use()
    print(f"\nThe study library with {FEW} and with {many:,} studies (CPU, rendered anew; at most x{MOST})")
    for path in PATHS:
        (was, pace_then), (now, pace) = few[path], cost(request, path)
        ratio = (now / pace) / (was / pace_then)
        print(f"  {path:<46} {was:7.1f} ms  {now:7.1f} ms   x{ratio:.2f} (machine x{pace / pace_then:.2f})")
    compare(staff, page_lists(STUDY_PATHS), many)


def cost(request: Callable[[str], object], path: str) -> tuple[float, float]:
    """Milliseconds of the processor, and those of the yardstick at the time."""
    request(path)
    _, spent, pace = Yardstick().measure(lambda: request(path), ROUNDS)
    return spent, pace
