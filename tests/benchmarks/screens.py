"""Every screen of the staff site with many rows behind it: the slowest are printed, so that none is forgotten."""

from __future__ import annotations

import logging
import time
from typing import Any

BAR = 300
"""Milliseconds of CPU."""

SHOWN = 12
LEFT_OUT = ("logout", "/export/", "/jsi18n/")


def screens() -> None:
    from django.conf import settings
    from django.contrib.auth.models import Group
    from django.test import Client

    from stemsite.accounts.models import User
    from stemsite.publishing.models import Version
    from tests.benchmarks.planning import as_in_use
    from tests.stemsite.addresses import every_address, with_rows

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    as_in_use()
    everybody = User.objects.get(email="owner@example.org")
    everybody.groups.set(Group.objects.all())
    client = Client()
    client.force_login(everybody)
    version = Version.objects.order_by("-pk")[0]
    found = set(every_address()) | with_rows(page=version.page_id, version=version.pk)
    asked = sorted(path for path in found if path.startswith("/admin/") and not any(part in path for part in LEFT_OUT))
    logging.getLogger("django.request").setLevel(logging.ERROR)  # Some of them take only forms: 405.
    spent = sorted(((_cost(client, path), path) for path in asked), reverse=True)
    over = sum(cost > BAR for cost, _ in spent)
    print(f"\nEvery screen of the staff, {len(asked)} addresses: {over} take more than {BAR} ms of CPU; the slowest")
    for cost, path in spent[:SHOWN]:
        print(f"  {path:<56} {cost:6.0f} ms")


def _cost(client: Any, path: str) -> float:
    """The less of two looks, the second of them only where the first took long."""
    taken: list[float] = []
    while len(taken) < 2 and (not taken or taken[0] > BAR):
        began = time.process_time()
        answer = client.get(path)
        if answer.streaming:
            b"".join(answer.streaming_content)
        taken.append((time.process_time() - began) * 1000)
    return min(taken)
