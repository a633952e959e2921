"""News put with the study it tells of: as coverage, apart from papers and registrations (EVD-35, EV-05)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from stemsite.access import Action, can
from stemsite.audit.recording import record as note
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page, Use

from .models import Coverage, Reference, Study

MOST_NAMED = 5


def waiting_news() -> QuerySet[Reference]:
    """News items in the library that stand with no study and that no live page cites."""
    placed = Coverage.objects.exclude(url="").values("url")
    cited = Use.objects.filter(
        kind=Use.Kind.REFERENCE,
        version_id=F("version__page__live_version_id"),
        version__page__public_state=Page.PublicState.LIVE,
    )
    titled = Coverage.objects.values("headline")
    news = Reference.objects.citable().filter(kind=Reference.Kind.NEWS).exclude(pk__in=cited.values("object_id"))
    return news.exclude(url__in=placed).exclude(title__in=titled).order_by("pk")


def study_named(words: str) -> Study:
    """The one study whose address, registry number or title these words name."""
    words = words.replace("\x00", " ").strip().strip("/").rpartition("/")[2][:200]
    studies = Study.objects.filter(trashed_at=None)
    exact = studies.filter(Q(slug=words) | Q(registrations__number__iexact=words)).distinct()
    found = list(
        (exact if words and exact else studies.filter(title__icontains=words)).order_by("pk")[: MOST_NAMED + 1]
    )
    if not words or not found:
        raise Refused("No study has this title, address or registry number.")
    if len(found) > 1:
        names = "; ".join(f"“{study.title}”" for study in found[:MOST_NAMED])
        raise Refused(f"Several studies fit. Write more of the title: {names}.")
    return found[0]


@transaction.atomic
def put_with(reference: Reference, study: Study, *, by: Any) -> Coverage:
    """The news item as coverage of ``study``: a new version of its draft, and nothing public."""
    if reference.kind != Reference.Kind.NEWS:
        raise Refused("This is no news item. Store it as one first.")
    if not can(by, Action.EDIT, study):
        raise Refused(f"You may not edit “{study.title}”.")
    Page.objects.select_for_update().get(pk=study.pk)
    if study.coverage.filter(headline=reference.plain_title[:300], url=reference.url).exists():
        raise Refused(f"It stands with “{study.title}” already.")
    names = "; ".join(" ".join(reversed(name)) for name in reference.authors)
    coverage = Coverage(
        study=study,
        outlet=(reference.outlet or reference.journal)[:120],
        headline=reference.plain_title[:300],
        url=reference.url,
        author=names[:120],
        published_on=_day(reference),
        accessed_on=reference.accessed_on,
    )
    if not coverage.outlet:
        raise Refused("Say in the reference which outlet published it.")
    coverage.save()
    Page.objects.filter(pk=study.pk).update(lock_version=F("lock_version") + 1)
    workflow.saved(study, by=by, note=f"News about it: {coverage.headline}"[:200])
    note("news put with a study", by=by, obj=study, reference=reference.pk)
    return coverage


def _day(reference: Reference) -> datetime.date | None:
    """The day of publication, where all of it is known."""
    if not (reference.year and reference.month and reference.day):
        return None
    try:
        return datetime.date(reference.year, reference.month, reference.day)
    except ValueError:
        return None
