"""What the screens of the leads cost with many people in them (LEAD-131, LEAD-134): CPU time of this process."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from typing import Any

LISTS = ("/admin/leads/contact/", "/admin/leads/enquiry/", "/admin/leads/enquiry/?queue=new")


def lead_lists() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from leads.models import Contact
    from leads.pipeline.searching import contacts_like
    from stemsite.accounts.models import User
    from tests.benchmarks.planning import as_in_use

    number = int(os.environ.get("BENCH_LEADS", "50000"))
    _, spent = cost(lambda: call_command("demo", leads=number, password="for the bench only"))
    print(f"\n{number:,} people who asked, made in {spent:.0f} s (bar: 120 s of the clock for 50,000)")
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    as_in_use()
    client = Client()
    client.force_login(User.objects.get(email="coordinator@example.org"))
    for path in LISTS:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            _, spent = cost(lambda path=path: client.get(path))
        asks = [each for each in asked if not each["sql"].startswith(("BEGIN", "COMMIT"))]
        print(f"  {path:<36} {spent * 1000:6.0f} ms, {len(asks)} queries (bars: 300 ms, 12)")
    email = Contact.objects.order_by("-pk").values_list("email", flat=True).first()
    print(f"  exact e-mail address                 {cost(lambda: contacts_like(email))[1] * 1000:6.1f} ms (bar: 20 ms)")
    print(
        f"  part of a name, newest 20,000        {cost(lambda: contacts_like('adeu'))[1] * 1000:6.0f} ms (bar: 500 ms)"
    )
    for form in ("csv", "xlsx"):
        export(client, form)


def export(client: Any, form: str) -> None:
    from leads.pipeline.tables import CONTACTS

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    number = CONTACTS.rows().count()
    values = {"action": form, "scope": "all", "confirmed": str(number), "reason": "Bench"}
    began = time.process_time()
    pieces = iter(client.post("/admin/leads/contact/bulk/", values).streaming_content)
    size = len(next(pieces))
    first = time.process_time() - began
    size += sum(len(piece) for piece in pieces)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    spent = time.process_time() - began
    print(
        f"  {number:,} rows as {form:<5} {size / 1e6:5.1f} MB in {spent:.1f} s, first byte after {first * 1000:.0f} ms"
        f" (bar: 2 s), {grown:.0f} MB more memory (bar: 100 MB)"
    )


def cost(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    return work(), time.process_time() - began
