"""What the site holds of requests and letters, read through its own models and put into the checker's words."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable

from .checker import Stored, violations
from .journal import Journal
from .sink import Sink
from .site import Site
from .visitors import WANTED

STORED = """
from django.db import connection
from django.utils import timezone
from leads.models import Enquiry, PacketRequest, SignUp
from stemsite.mail.models import Delivery
rows = {}
for model in (SignUp, PacketRequest, Enquiry):
    for row in model.objects.filter(is_sample=False).select_related("contact"):
        rows[row.reference, row.pk] = f"{model.FORM} {row.nonce} {row.contact.email}"
keys = {reference: key for (reference, _), key in rows.items()}
letters = [
    {
        "pk": letter.pk,
        "kind": letter.kind,
        "message_id": letter.message_id,
        "state": letter.state,
        "last_error": letter.last_error,
        "verdict": letter.verdict,
        "key": keys.get(letter.reference, ""),
        "to": letter.to,
        "is_due": letter.due_at <= timezone.now(),
    }
    for letter in Delivery.objects.exclude(pk__in=given["ended_before"])
]
integrity = "ok"
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        integrity = cursor.execute("PRAGMA integrity_check").fetchone()[0]
answer = {"rows": [{"key": key, "once": key} for key in rows.values()], "letters": letters, "integrity": integrity}
"""

ENDED = """
from stemsite.mail.models import Delivery
answer = list(Delivery.objects.exclude(pk__in=Delivery.objects.unfinished()).values_list("pk", flat=True))
"""

UNFINISHED = """
from django.utils import timezone
from stemsite.mail.models import Delivery
later = Delivery.objects.filter(attempts=0, due_at__gt=timezone.now())
answer = Delivery.objects.unfinished().exclude(pk__in=later).count()
"""


def ended(site: Site) -> list[int]:
    """The letters that are of the past when a mail server of ours begins to listen."""
    return list(site.ask(ENDED))


def stored(site: Site, ended_before: Collection[int] = ()) -> Stored:
    found = site.ask(STORED, ended_before=list(ended_before))
    ids = {letter["pk"]: letter["message_id"] for letter in found["letters"]}
    alerts = {fact.get("delivery") for fact in alerts_of(site.log.read_text().splitlines())}
    return Stored(
        rows=found["rows"],
        letters=found["letters"],
        integrity=found["integrity"],
        alerts=frozenset(ids[pk] for pk in alerts & ids.keys()),
    )


def alerts_of(lines: Iterable[str]) -> list[dict[str, object]]:
    """The lines by which somebody is told; the second channel that LEAD-64 asks for."""
    return [json.loads(line) for line in lines if line.startswith("{") and "mail alert" in line]


def wait_until_sent(site: Site, seconds: float) -> float:
    """Until nothing that is due waits, or fewer do not become for ``seconds``; returns how long it took.

    Staff are told once a minute, so theirs may wait.
    """
    began = fewer_at = time.monotonic()
    fewest = waiting = site.ask(UNFINISHED)
    while waiting and time.monotonic() - fewer_at < seconds:
        time.sleep(0.3)
        waiting = site.ask(UNFINISHED)
        if waiting < fewest:
            fewest, fewer_at = waiting, time.monotonic()
    return time.monotonic() - began


def wrong(site: Site, journal: Journal, sink: Sink, *, kills: int = 0, ended_before: Collection[int] = ()) -> list[str]:
    """All that is wrong by I1 to I10, over everything this site and this sink ever saw."""
    found = stored(site, ended_before)
    return violations(journal, found, sink.received(), wanted=WANTED, forgiven=sink.lost_acks + kills)
