"""Stored references held against their records; a check never edits a reference (EVD-26, EVD-33, EVD-43, EVD-44)."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from .asking import remember
from .citations import ama, as_text
from .keeping import keep, kept_for, said
from .matching.index import RecordIndex
from .models import Check, LastAsked, Reference, SourceRecord
from .sources.base import RecordNotFound, SourceError, StudyRecord
from .sources.http import listening
from .sources.live import Sources
from .verification import CHECKER_VERSION, Mismatch, Verification, compare_with, verify

RECHECKED_AFTER = datetime.timedelta(days=90)
NOT_ASKED_AGAIN_FOR = datetime.timedelta(hours=24)
VERDICTS = {
    "verified": Reference.Verdict.VERIFIED,
    "mismatch": Reference.Verdict.MISMATCH,
    "wrong_identifier": Reference.Verdict.WRONG_IDENTIFIER,
    "not_found": Reference.Verdict.NOT_FOUND,
    "secondary_source": Reference.Verdict.SECONDARY,
    "not_checked": Reference.Verdict.NOT_CHECKED,
}
_PRINTED = (
    "kind", "title", "authors", "journal", "journal_abbreviation", "year", "volume", "issue", "pages",
    "article_number", "doi", "pmid", "pmcid", "registry_id", "outlet", "url",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One reference and its verdict; ``causes`` say which sources could not be asked."""

    reference: Reference
    found: Verification
    causes: tuple[str, ...] = ()
    row: Check | None = None


@dataclass(slots=True)
class Records:
    """What a reference is held against: records as they were kept, under the objects the checker hands back."""

    rows: dict[int, SourceRecord] = field(default_factory=dict)
    records: list[StudyRecord] = field(default_factory=list)

    def add(self, row: SourceRecord) -> None:
        if row not in self.rows.values():
            record = said(row)
            self.rows[id(record)] = row
            self.records.append(record)

    def row_of(self, record: StudyRecord | None, *, by: Any) -> SourceRecord | None:
        """The kept row of ``record``; one that came from an index or file is kept now."""
        if record is None:
            return None
        return self.rows.get(id(record)) or keep(record, source=record.source or "records", by=by)


def checkable() -> QuerySet[Reference]:
    """Everything with a record somewhere; web pages have none."""
    return Reference.objects.citable().exclude(kind=Reference.Kind.WEB).order_by("pk")


def due(today: datetime.date) -> QuerySet[Reference]:
    """Never checked, not for 90 days, or by an older checker than today's."""
    newer = Check.objects.filter(checker_version__gte=CHECKER_VERSION).values("reference")
    older = Q(checks__isnull=False) & ~Q(pk__in=newer)
    return checkable().filter(Q(checked_on=None) | Q(checked_on__lt=today - RECHECKED_AFTER) | older).distinct()


def printed(reference: Reference) -> str:
    """The words that are checked: the citation as readers see it, and the identifiers it links to."""
    links = [f"PMID: {reference.pmid}" if reference.pmid else "", reference.pmcid or ""]
    return " ".join(filter(None, (as_text(ama(reference)), *links)))


def fingerprint(reference: Reference) -> str:
    """Changes with any printed word of the reference, and with nothing else."""
    values = [getattr(reference, name) for name in _PRINTED]
    values += [reference.title_display] if reference.title_display else []
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def check(
    references: Iterable[Reference] | QuerySet[Reference],
    *,
    index: RecordIndex | None,
    sources: Sources | None,
    by: Any = None,
    again: bool = False,
) -> Iterator[Checked]:
    """Judge each reference and keep the verdict; where nobody could be asked, an earlier verdict stays.

    A source that answered within a day is not asked ``again`` unless a person wants it (EVD-25).
    """
    rows = references.iterator() if isinstance(references, QuerySet) else references
    for reference in rows:
        records = Records()
        asked = _Asking(reference, records, by=by, again=again)
        if sources:
            asked.all_of(sources)
        for row in kept_for(reference):
            records.add(row)
        answered = RecordIndex([]) if sources and not asked.causes else None
        found = verify(printed(reference), index or answered, more=records.records)
        if found.verdict == "not_found" and asked.causes:
            found = Verification(verdict="not_checked", notes=found.notes, runners_up=found.runners_up)
        kept = keep_verdict(reference, found, records, by=by, causes=asked.causes)
        yield Checked(reference=reference, found=found, causes=tuple(asked.causes), row=kept)


def recheck(reference: Reference, *, by: Any) -> Check:
    """Judge ``reference`` against what is kept, at once and without asking anybody (EVD-81)."""
    newest = latest(reference)
    records = Records()
    for row in kept_for(reference, besides=_named(newest)):
        records.add(row)
    if newest is not None and newest.record is not None and newest.notes[:1] == [PICKED]:
        return check_against(reference, newest.record, by=by)
    found = verify(printed(reference), None, more=records.records)
    return keep_verdict(reference, found, records, by=by)


def judge_anew(reference: Reference, *, by: Any) -> None:
    """After somebody typed other words: the verdict on the old ones is no verdict on these (EVD-44)."""
    Reference.objects.filter(pk=reference.pk).update(verdict=Reference.Verdict.NOT_CHECKED, checked_on=None)
    reference.verdict, reference.checked_on = Reference.Verdict.NOT_CHECKED, None
    recheck(reference, by=by)


PICKED = "A person chose this record."


def check_against(reference: Reference, row: SourceRecord, *, by: Any) -> Check:
    """Hold ``reference`` against the record that a person picked for it."""
    records = Records()
    records.add(row)
    mismatches = compare_with(printed(reference), records.records[0]) + tuple(_other_identifiers(reference, row))
    found = Verification(
        verdict="mismatch" if mismatches else "verified",
        record=records.records[0],
        mismatches=mismatches,
        integrity=records.records[0].integrity,
        notes=(PICKED,),
    )
    return keep_verdict(reference, found, records, by=by)


def _other_identifiers(reference: Reference, row: SourceRecord) -> Iterator[Mismatch]:
    for name in ("doi", "pmid", "pmcid"):
        ours, theirs = getattr(reference, name), row.content.get(name)
        if ours and theirs and ours != theirs:
            yield Mismatch(field=name, reference=ours, record=theirs)


def latest(reference: Reference) -> Check | None:
    """The check whose verdict is in force: the newest for which somebody could be asked."""
    return _newest(Check.objects.exclude(verdict=Reference.Verdict.NOT_CHECKED), reference)


def last_try(reference: Reference) -> Check | None:
    """The newest check of all, also where nobody could be asked."""
    return _newest(Check.objects.all(), reference)


def _newest(checks: QuerySet[Check], reference: Reference) -> Check | None:
    joined = checks.filter(reference=reference).select_related("record", "leads_to", "checked_by")
    return joined.order_by("-pk").first()


def _named(newest: Check | None) -> list[int]:
    if newest is None:
        return []
    return [pk for pk in (newest.record_id, newest.leads_to_id, *newest.runners_up) if pk]


@transaction.atomic
def keep_verdict(
    reference: Reference, found: Verification, records: Records, *, by: Any, causes: Iterable[str] = ()
) -> Check:
    """Write down one verdict; "not checked" leaves the one before in force, unless it was about other words."""
    now = timezone.now()
    verdict = VERDICTS[found.verdict]
    before = latest(reference)
    of_other_words = before is not None and before.fingerprint != fingerprint(reference)
    row = Check.objects.create(
        reference=reference,
        fingerprint=fingerprint(reference),
        verdict=verdict,
        mismatches=[{"field": one.field, "reference": one.reference, "record": one.record} for one in found.mismatches],
        notes=list(found.notes),
        causes=list(causes),
        record=records.row_of(found.record, by=by),
        leads_to=records.row_of(found.leads_to, by=by),
        runners_up=[kept.pk for one in found.runners_up if (kept := records.row_of(one, by=by))],
        standing=found.integrity if found.integrity != "none" else "",
        checker_version=CHECKER_VERSION,
        checked_at=now,
        checked_by=by,
        is_sample=reference.is_sample,
    )
    if verdict != Reference.Verdict.NOT_CHECKED or of_other_words:
        checked_on = timezone.localdate(now) if verdict != Reference.Verdict.NOT_CHECKED else None
        Reference.objects.filter(pk=reference.pk).update(verdict=verdict, checked_on=checked_on)
        reference.verdict, reference.checked_on = verdict, checked_on
    return row


@dataclass(slots=True)
class _Asking:
    """The sources asked about one reference: what they said is kept, and so is that they were asked."""

    reference: Reference
    into: Records
    by: Any = None
    again: bool = False
    causes: list[str] = field(default_factory=list)

    def all_of(self, sources: Sources) -> None:
        """The records that the reference's identifiers lead to, and candidates for its words."""
        reference = self.reference
        if doi := reference.doi:
            self._ask("Crossref", lambda: [sources.crossref.fetch(doi)])
        if pmid := reference.pmid:
            self._ask("PubMed", lambda: [sources.pubmed.fetch(pmid)])
        if number := reference.registry_id:
            self._ask("ClinicalTrials.gov", lambda: [sources.trials.fetch(number)])
        if reference.kind not in (Reference.Kind.NEWS, Reference.Kind.REGISTRATION):
            self._ask("Crossref", lambda: sources.crossref.search(as_text(ama(reference))), named=False)

    def _ask(self, source: str, ask: Callable[[], list[StudyRecord]], *, named: bool = True) -> None:
        """``named`` asks go by an identifier: their outcome is remembered, and not repeated within a day."""
        now = timezone.now()
        recent = LastAsked.objects.filter(
            reference=self.reference, source=source, asked_at__gt=now - NOT_ASKED_AGAIN_FOR
        )
        if named and not self.again and recent.filter(outcome=LastAsked.Outcome.ANSWERED).exists():
            return
        outcome, cause = LastAsked.Outcome.ANSWERED, ""
        with listening() as answers:
            try:
                found = ask()
            except RecordNotFound:
                found, outcome = [], LastAsked.Outcome.UNKNOWN
            except SourceError as error:
                found, outcome, cause = [], LastAsked.Outcome.FAILED, str(error)
                self.causes.append(f"{source}: {error}")
        whole = answers[-1] if named and len(found) == 1 and answers else None
        for record in found:
            self.into.add(keep(record, source=record.source or source, by=self.by, answer=whole))
        if named:
            remember(source, [self.reference.pk], outcome=outcome, cause=cause)
