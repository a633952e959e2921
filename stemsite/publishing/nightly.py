"""Every live page against today's rules: what is new is told to its keeper, and the live text stays (2.2 N)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import F, Q
from django.utils import timezone

from stemsite.checks import edition
from stemsite.checks.finding import gravest

from .claiming import GATED, heard
from .families import content_of
from .models import Hearing, Override, Page
from .reports import Line, Report, page_url

CHUNK = 100


def hear_live_pages() -> int:
    """Hear what was not heard yet in its live version by today's rules; how many pages that were."""
    digest = edition()
    Hearing.objects.exclude(page__public_state=Page.PublicState.LIVE).delete()
    known = Q(hearing__version=F("live_version"), hearing__rules_sha256=digest)
    count = 0
    for page in Page.objects.live().exclude(known).order_by("pk").iterator(chunk_size=CHUNK):
        _hear(page, digest)
        count += 1
    return count


def _hear(page: Page, digest: str) -> None:
    version = page.version_for_readers()
    found = gravest(one for one in heard(page, content_of(page, version)) if one.rule.startswith(GATED))
    told = [
        {
            "rule": one.rule,
            "severity": one.severity,
            "fingerprint": one.fingerprint,
            "sentence": one.sentence[:500],
            "explanation": one.explanation,
        }
        for one in found
        if one.severity != "info"
    ]
    values = {"version": version, "rules_sha256": digest, "findings": told, "heard_at": timezone.now()}
    Hearing.objects.update_or_create(page_id=page.pk, defaults=values)


def open_findings() -> Iterable[Line]:
    """Findings on live pages that nobody let stand; the gravest pages first."""
    rows = Hearing.objects.filter(page__public_state=Page.PublicState.LIVE, version=F("page__live_version"))
    lines = [line for hearing in rows.exclude(findings=[]).select_related("page__keeper") for line in _lines(hearing)]
    return [line for _, line in sorted(lines, key=lambda item: (item[0] != "block", item[1].label))]


def _lines(hearing: Hearing) -> Iterator[tuple[str, Line]]:
    stands = Override.objects.in_force(hearing.page)
    keeper = hearing.page.keeper or "nobody keeps this page"
    for one in hearing.findings:
        if one["fingerprint"] not in stands:
            word = "Stops the next publication" if one["severity"] == "block" else "Look again"
            why = f"{word}: {one['rule']} “{one['sentence']}” {one['explanation']} Keeper: {keeper}."
            yield one["severity"], Line(label=hearing.page.title, url=page_url(hearing.page_id), why=why)


CLAIMS = Report(
    key="claims",
    title="Claims on live pages",
    advice="Nothing is taken down by itself. Change the sentence and publish, or let it stand with a reason.",
    lines=open_findings,
)
