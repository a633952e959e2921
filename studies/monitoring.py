"""The integrity monitor: was something that we cite retracted, doubted or corrected? (EVD-50 to EVD-52)."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from .asking import remember
from .identifiers import link
from .integrity import end_event, record_event
from .models import IntegrityEvent, LastAsked, Reference
from .sources import retraction_watch
from .sources.base import RecordNotFound, SourceError, StudyRecord
from .sources.crossref import Crossref
from .sources.pubmed import PubMed

RETRACTION_WATCH, CROSSREF, PUBMED = "Retraction Watch", "Crossref", "PubMed"
_KINDS = {
    "retracted": IntegrityEvent.Kind.RETRACTED,
    "partly_retracted": IntegrityEvent.Kind.PARTLY_RETRACTED,
    "partly retracted": IntegrityEvent.Kind.PARTLY_RETRACTED,
    "concern": IntegrityEvent.Kind.CONCERN,
    "corrected": IntegrityEvent.Kind.CORRECTED,
    "new_version": IntegrityEvent.Kind.NEWER,
}


_WITHDRAWALS = frozenset({IntegrityEvent.Kind.RETRACTED, IntegrityEvent.Kind.PARTLY_RETRACTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that a source says about one of our references."""

    reference: int
    source: str
    kind: str
    notice: str = ""
    notice_url: str = ""
    notice_on: datetime.date | None = None
    reasons: tuple[str, ...] = ()
    """Codes of the source, for staff (EVD-34)."""


@dataclass(slots=True)
class Run:
    """What one run found and did; a dry run only finds."""

    dry: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    new: list[Found] = field(default_factory=list)

    def take(self, found: Found) -> None:
        """Record an event that is not known yet; one that is known stays as it is, ended or not.

        A wrong match returns when its source says something else than it did then (EVD-56).
        """
        known = IntegrityEvent.objects.filter(
            reference_id=found.reference, source=found.source, kind=found.kind, notice=found.notice
        )
        if any(not one.is_wrong_match or _says_the_same(one, found) for one in known):
            if not self.dry:
                known.update(last_seen_at=timezone.now())
            self.counts["known"] += 1
            return
        if not self.dry:
            try:
                record_event(
                    Reference.objects.get(pk=found.reference), kind=found.kind, source=found.source, by=None,
                    notice=found.notice, notice_url=found.notice_url, notice_on=found.notice_on,
                    reasons=found.reasons,
                )  # fmt: skip
            except ValidationError:
                self.counts["failed"] += 1
                return
        self.counts["new"] += 1
        self.new.append(found)


def _says_the_same(event: IntegrityEvent, found: Found) -> bool:
    return (event.notice_on, event.notice_url) == (found.notice_on, found.notice_url)


def watched() -> QuerySet[Reference]:
    """Everything that has a DOI or a PMID; retired sources too, for live pages may still print them."""
    return Reference.objects.exclude(doi=None, pmid=None).order_by("pk")


def check_retraction_watch(lines: Iterable[str], *, dry: bool = False) -> Run:
    """Hold the list against every reference, by DOI and by PMID; a later reinstatement ends what was before it."""
    run = Run(dry=dry)
    began = timezone.now()
    dois: dict[str, list[int]] = defaultdict(list)
    pmids: dict[str, list[int]] = defaultdict(list)
    for pk, doi, pmid in watched().values_list("pk", "doi", "pmid").iterator():
        if doi:
            dois[doi].append(pk)
        if pmid:
            pmids[pmid].append(pk)
    matched: list[tuple[int, retraction_watch.Row]] = []
    for row in retraction_watch.read(lines):
        run.counts["rows"] += 1
        hits = {*dois.get(row.paper_doi or "", ()), *pmids.get(row.paper_pmid or "", ())}
        matched += [(pk, row) for pk in sorted(hits)]
    matched.sort(key=lambda one: (one[0], one[1].day or (0, 0, 0), one[1].kind == "reinstated"))
    for pk, row in matched:
        run.counts["matched"] += 1
        if row.kind == "reinstated":
            _reinstate(pk, row, run)
        elif not _taken_back(pk, row, matched):
            run.take(_from_row(pk, row))
    if not dry:
        remember(RETRACTION_WATCH, {pk for pks in (*dois.values(), *pmids.values()) for pk in pks}, at=began)
    return run


def _from_row(pk: int, row: retraction_watch.Row) -> Found:
    notice = row.notice
    doi, pmid = (notice, "") if notice.startswith("10.") else ("", notice.removeprefix("PMID "))
    url = link("doi", doi) if doi else link("pmid", pmid) if pmid else ""
    return Found(
        reference=pk,
        source=RETRACTION_WATCH,
        kind=_KINDS[row.kind],
        notice=notice,
        notice_url=url,
        notice_on=_date(row),
        reasons=row.reasons,
    )


def _date(row: retraction_watch.Row) -> datetime.date | None:
    return datetime.date(*row.day) if row.day else None


def _taken_back(pk: int, row: retraction_watch.Row, matched: Iterable[tuple[int, retraction_watch.Row]]) -> bool:
    """Whether a later row of the list says that this one was taken back."""
    later = [other.day for key, other in matched if key == pk and other.kind == "reinstated" and other.day]
    return row.kind != "corrected" and any(day > (row.day or (0, 0, 0)) for day in later)


def _reinstate(pk: int, row: retraction_watch.Row, run: Run) -> None:
    """End the open events that are older than the reinstatement."""
    day = _date(row)
    events = IntegrityEvent.objects.filter(reference_id=pk, source=RETRACTION_WATCH, ended_at=None)
    for event in events.exclude(kind=IntegrityEvent.Kind.CORRECTED):
        if day is None or (event.notice_on and event.notice_on >= day):
            continue
        if not run.dry:
            because = f"Reinstated on {day.isoformat()}, says Retraction Watch."
            taken_back_on = day if event.kind in _WITHDRAWALS else None
            end_event(event, because=because, by=None, taken_back_on=taken_back_on)
        run.counts["ended"] += 1


def check_crossref(
    source: Crossref, *, among: QuerySet[Reference] | None = None, limit: int | None = None, dry: bool = False
) -> Run:
    """Ask Crossref about every DOI; what it does not answer about is counted, never taken for clean."""
    run = Run(dry=dry)
    rows = (watched() if among is None else among).exclude(doi=None)
    by_doi = {doi: pk for pk, doi in rows.values_list("pk", "doi")[:limit] if doi}
    for part in _parts(list(by_doi), 20):
        _ask(run, CROSSREF, {doi: by_doi[doi] for doi in part}, lambda wanted: source.many(wanted, integrity_only=True))
    return run


def check_pubmed(
    source: PubMed, *, among: QuerySet[Reference] | None = None, limit: int | None = None, dry: bool = False
) -> Run:
    """Ask PubMed about every PMID."""
    run = Run(dry=dry)
    rows = (watched() if among is None else among).exclude(pmid=None)
    by_pmid = {pmid: pk for pk, pmid in rows.values_list("pk", "pmid")[:limit] if pmid}
    for part in _parts(list(by_pmid), 200):
        _ask(
            run, PUBMED, {pmid: by_pmid[pmid] for pmid in part}, lambda wanted: source.many(wanted, integrity_only=True)
        )
    return run


def _parts(values: list[str], size: int) -> Iterator[list[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _ask(run: Run, name: str, wanted: dict[str, int], ask: Callable[[list[str]], dict[str, StudyRecord]]) -> None:
    try:
        answered = ask(list(wanted))
    except (SourceError, RecordNotFound) as error:
        run.counts["unreachable"] += len(wanted)
        if not run.dry:
            remember(name, wanted.values(), outcome=LastAsked.Outcome.FAILED, cause=str(error))
        return
    run.counts["asked"] += len(wanted)
    run.counts["not answered"] += len(wanted) - len(answered)
    for key, record in answered.items():
        for found in events_of(record, wanted[key], name):
            run.take(found)
    if not run.dry:
        remember(name, [wanted[key] for key in answered])
        unknown = [pk for key, pk in wanted.items() if key not in answered]
        remember(name, unknown, outcome=LastAsked.Outcome.UNKNOWN)


def events_of(record: StudyRecord, reference: int, source: str) -> Iterator[Found]:
    """The notices about a paper that its record names; a notice itself has none (EVD-51)."""
    if record.is_notice:
        return
    named = [one for one in record.notices if one.direction == "in" and one.kind in _KINDS]
    seen: set[tuple[str, str]] = set()
    for one in named:
        notice = one.doi or (f"PMID {one.pmid}" if one.pmid else one.source[:200])
        if (one.kind, notice) in seen:
            continue
        seen.add((one.kind, notice))
        url = link("doi", one.doi) if one.doi else link("pmid", one.pmid) if one.pmid else ""
        yield Found(
            reference=reference,
            source=source,
            kind=_KINDS[one.kind],
            notice=notice,
            notice_url=url,
            notice_on=_iso(one.date),
        )
    if record.integrity == "retracted" and not any(one.kind == "retracted" for one in named):
        yield Found(reference=reference, source=source, kind=IntegrityEvent.Kind.RETRACTED, notice=record.doi or "")


def _iso(date: str) -> datetime.date | None:
    """A day only where it is known; a notice of "2010" has none."""
    try:
        return datetime.date.fromisoformat(date)
    except ValueError:
        return None
