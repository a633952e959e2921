"""Asking a clinician outside the clinic to check the facts of one version (PUB-39).

Whoever is asked needs no account: the link is the authority. What they answer stands beside the version; it signs
nothing, changes no text and stops no publication. People of the page read it and decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from stemsite.audit.recording import record
from stemsite.tokens import TokenRefused, make_token, read_token

from . import sharing, telling
from .models import FactCheck, Page, Version
from .reports import Line, Report, page_url

PURPOSE = "fact check"


@transaction.atomic
def ask(page: Page, version: Version, *, by: Any, days: int, asked: str, question: str) -> FactCheck:
    """Make a link by which ``asked`` reads ``version`` and answers ``question``, for ``days``."""
    link = sharing.share(page, version, by=by, days=days)
    check = FactCheck.objects.create(link=link, asked=asked.strip(), question=question.strip())
    record("asked for a fact check", by=by, obj=page, note=check.question, version=version.number, check=check.pk)
    return check


def address(check: FactCheck) -> str:
    return f"{settings.SITE_URL}{reverse('fact-check', args=[make_token(PURPOSE, check.pk)])}"


def opened(token: str) -> FactCheck | None:
    """What ``token`` asks, while its version may be read by it; every opening is on record, without who it was."""
    try:
        pk = read_token(PURPOSE, token, within=sharing.LONGEST)
    except TokenRefused:
        return None
    checks = FactCheck.objects.filter(pk=pk, link__in=sharing.open_links())
    check = checks.select_related("link__page", "link__version", "link__created_by").first()
    if check is not None:
        link = check.link
        record("opened a fact check", by=None, obj=link.page, version=link.version.number, check=check.pk)
    return check


@transaction.atomic
def answer(check: FactCheck, *, verdict: str, text: str, name: str) -> bool:
    """Keep the one answer to ``check`` and tell the people of the page; whether it is the first."""
    unanswered = FactCheck.objects.unanswered().filter(pk=check.pk)
    values = {"verdict": verdict, "answer": text.strip(), "answered_as": name.strip()}
    if not unanswered.update(**values, answered_at=timezone.now()):
        return False
    page, version = check.link.page, check.link.version
    record("answered a fact check", by=None, obj=page, version=version.number, check=check.pk, verdict=verdict)
    telling.tell(
        [check.link.created_by, *telling.people_of(page, version), page.reviewer],
        "fact_checked",
        page,
        f"fact-check-{check.pk}",
        name=name.strip(),
        verdict=FactCheck.Verdict(verdict).label,
        text=text.strip(),
    )
    return True


def checks_of(page: Page) -> QuerySet[FactCheck]:
    """All that was asked about ``page``, the newest first."""
    return FactCheck.objects.filter(link__page=page).select_related("link__version", "link__created_by").order_by("-pk")


def answers_to_read(page: Page) -> QuerySet[FactCheck]:
    """What came back about a draft that is not public yet; after its publication it stands on the screen of checks."""
    since = page.live_version.number if page.live_version else 0
    return checks_of(page).exclude(answered_at=None).filter(link__version__number__gt=since)


def waiting_lines() -> Iterable[Line]:
    """What was asked and not answered, of drafts that are still drafts."""
    now = timezone.now()
    rows = FactCheck.objects.unanswered().filter(link__in=sharing.links_to_drafts())
    for check in rows.select_related("link__page").order_by("link__expires_at", "pk"):
        ends = timezone.localdate(check.link.expires_at)
        until = f"may answer until {ends:%B %-d, %Y}" if check.link.expires_at > now else f"had until {ends:%B %-d, %Y}"
        yield Line(label=check.link.page.title, url=page_url(check.link.page_id), why=f"{check.asked} {until}.")


UNANSWERED = Report(
    key="fact-checks",
    title="Fact checks without an answer",
    advice="Remind whom you asked, or ask again with a new link.",
    lines=waiting_lines,
)
