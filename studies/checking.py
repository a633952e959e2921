"""Stored references held against their records; a check never edits a reference (EVD-26, EVD-43, EVD-44)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from .citations import ama, as_text
from .matching.index import RecordIndex
from .models import Reference
from .sources.base import RecordNotFound, SourceError, StudyRecord
from .sources.live import Sources
from .verification import Verification, verify

RECHECKED_AFTER = datetime.timedelta(days=90)
VERDICTS = {
    "verified": Reference.Verdict.VERIFIED,
    "mismatch": Reference.Verdict.MISMATCH,
    "wrong_identifier": Reference.Verdict.WRONG_IDENTIFIER,
    "not_found": Reference.Verdict.NOT_FOUND,
    "secondary_source": Reference.Verdict.SECONDARY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One reference and its verdict; ``causes`` say which sources could not be asked."""

    reference: Reference
    found: Verification
    causes: tuple[str, ...] = ()


def checkable() -> QuerySet[Reference]:
    """Everything with a record somewhere; web pages have none."""
    return Reference.objects.citable().exclude(kind=Reference.Kind.WEB).order_by("pk")


def due(today: datetime.date) -> QuerySet[Reference]:
    """Never checked, or not for 90 days."""
    return checkable().filter(Q(checked_on=None) | Q(checked_on__lt=today - RECHECKED_AFTER))


def check(references: QuerySet[Reference], *, index: RecordIndex | None, sources: Sources | None) -> Iterator[Checked]:
    """Judge each reference and note its verdict; where nobody could be asked, an earlier verdict stays."""
    for reference in references.iterator():
        fetched, causes = _ask(reference, sources) if sources else ([], [])
        answered = RecordIndex([]) if sources and not causes else None
        found = verify(as_text(ama(reference)), index or answered, more=fetched)
        if found.verdict == "not_found" and causes:
            found = Verification(verdict="not_checked", notes=found.notes, runners_up=found.runners_up)
        if verdict := VERDICTS.get(found.verdict):
            today = timezone.localdate()
            Reference.objects.filter(pk=reference.pk).update(verdict=verdict, checked_on=today)
        yield Checked(reference=reference, found=found, causes=tuple(causes))


def _ask(reference: Reference, sources: Sources) -> tuple[list[StudyRecord], list[str]]:
    """The records that the reference's identifiers lead to, and candidates for its words."""
    asks: list[tuple[str, Callable[[], list[StudyRecord]]]] = []
    if doi := reference.doi:
        asks.append(("Crossref", lambda: [sources.crossref.fetch(doi)]))
    if pmid := reference.pmid:
        asks.append(("PubMed", lambda: [sources.pubmed.fetch(pmid)]))
    if number := reference.registry_id:
        asks.append(("ClinicalTrials.gov", lambda: [sources.trials.fetch(number)]))
    if reference.kind not in (Reference.Kind.NEWS, Reference.Kind.REGISTRATION):
        asks.append(("Crossref", lambda: sources.crossref.search(as_text(ama(reference)))))
    fetched: list[StudyRecord] = []
    causes: list[str] = []
    for name, ask in asks:
        try:
            fetched += ask()
        except RecordNotFound:
            continue
        except SourceError as error:
            causes.append(f"{name}: {error}")
    return fetched, causes
