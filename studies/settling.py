"""What people decide about a difference between a reference and its record: take the record's value, or keep ours.

A check never edits a reference (EVD-43). A person does, one field at a time; what stood there is kept, and the check
runs again at once. What is accepted holds for these very words on both sides, with a reason, for a time (EVD-33).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from stemsite.access import Action
from stemsite.audit.recording import record as note
from stemsite.publishing.gate import Refused, Stale
from stemsite.publishing.models import Page, Use
from stemsite.publishing.versions import writers

from .checking import check_against, fingerprint, latest, printed, recheck
from .importing.values import values_of
from .keeping import said
from .models import Acceptance, Check, Correction, Reference, SourceRecord
from .models.check import SHORTEST_REASON

ACCEPTED_FOR = datetime.timedelta(days=90)
COLUMNS: dict[str, tuple[str, ...]] = {
    "author": ("authors",),
    "title": ("title",),
    "journal": ("journal", "journal_abbreviation"),
    "year": ("year", "month", "day"),
    "volume": ("volume",),
    "issue": ("issue",),
    "pages": ("pages", "article_number"),
    "doi": ("doi",),
    "pmid": ("pmid",),
    "pmcid": ("pmcid",),
    "nct": ("registry_id",),
}
"""What is written when a person takes the record's value of a field that checks name."""
NO_RECORD = "record"
"""The field of an acceptance that says: there is no record, and we cite it all the same."""
_DISAGREEING = (Reference.Verdict.MISMATCH, Reference.Verdict.WRONG_IDENTIFIER, Reference.Verdict.NOT_FOUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in which a reference and its record disagree, and whether somebody has accepted it."""

    field: str
    reference: str
    record: str
    accepted: Acceptance | None = None

    @property
    def is_open(self) -> bool:
        return self.accepted is None

    def __str__(self) -> str:
        if self.field == NO_RECORD:
            return "no record was found"
        return f"{self.field}: we say “{self.reference}”, the record says “{self.record}”"


def differences(check: Check, acceptances: Iterable[Acceptance] | None = None) -> list[Difference]:
    """What ``check`` found, each with the acceptance that is in force for exactly these words."""
    today = timezone.localdate()
    given = Acceptance.objects.filter(reference=check.reference_id) if acceptances is None else acceptances
    valid = {
        one.field: one
        for one in given
        if one.ended_at is None
        and one.expires_on >= today
        and (one.fingerprint, one.content_sha256) == (check.fingerprint, check.content_sha256)
    }
    if check.verdict == Reference.Verdict.NOT_FOUND:
        return [Difference(field=NO_RECORD, reference="", record="", accepted=valid.get(NO_RECORD))]
    return [Difference(**one, accepted=valid.get(one["field"])) for one in check.mismatches]


def unsettled(references: Iterable[int]) -> dict[int, list[Difference]]:
    """References that disagree with their records and have not been accepted; an unexplained verdict counts too."""
    rows = Reference.objects.filter(pk__in=list(references), verdict__in=_DISAGREEING)
    wrong = list(rows.values_list("pk", flat=True))
    judged = Check.objects.filter(reference__in=wrong).exclude(verdict=Reference.Verdict.NOT_CHECKED)
    newest = judged.values("reference").annotate(newest=Max("pk")).values_list("newest", flat=True)
    checks = Check.objects.filter(pk__in=list(newest)).select_related("record", "leads_to")
    accepted = list(Acceptance.objects.filter(reference__in=wrong, ended_at=None))
    found: dict[int, list[Difference]] = {pk: [] for pk in wrong}
    for check in checks:
        own = [one for one in accepted if one.reference_id == check.reference_id]
        open_ones = [one for one in differences(check, own) if one.is_open]
        if open_ones:
            found[check.reference_id] = open_ones
        else:
            del found[check.reference_id]
    return found


def require_current(reference: Reference, check_id: int) -> Check:
    """The newest check, if it is the one that was on the screen and the reference still reads as it did (EVD-81)."""
    newest = latest(reference)
    if newest is None or newest.pk != check_id or newest.fingerprint != fingerprint(reference):
        raise Stale("The reference or its check has changed since you opened this page. Look at both values again.")
    return newest


@transaction.atomic
def correct(reference: Reference, fields: Sequence[str], *, check_id: int, by: Any) -> Check:
    """Write the record's value of each of ``fields`` into the reference, and judge it anew."""
    reference = _locked(reference)
    check = require_current(reference, check_id)
    if check.record is None:
        raise Refused("There is no record to take a value from. Choose the record that this reference means.")
    if not fields or any(field not in COLUMNS for field in fields):
        raise Refused("Choose a field that can be taken from a record.")
    theirs = values_of(said(check.record))
    for field in fields:
        columns = COLUMNS[field]
        _write(reference, field, {name: theirs.get(name) for name in columns}, check=check, by=by)
    return recheck(reference, by=by)


@transaction.atomic
def undo(correction: Correction, *, by: Any) -> Check:
    """Give back what stood in the field, unless it has changed again since."""
    reference = _locked(correction.reference)
    if correction.is_undone or correction.undoes_id:
        raise Refused("This correction has been undone already.")
    if _values(reference, correction.after) != correction.after:
        raise Stale("The field has changed since. Nothing was undone.")
    _write(reference, correction.field, correction.before, check=None, by=by, undoes=correction)
    return recheck(reference, by=by)


def _write(
    reference: Reference,
    field: str,
    values: dict[str, Any],
    *,
    check: Check | None,
    by: Any,
    undoes: Correction | None = None,
) -> None:
    before = _values(reference, values)
    if not reference.printed:
        reference.printed = printed(reference)
    for name, value in values.items():
        column = Reference._meta.get_field(name)
        setattr(reference, name, column.get_default() if value is None else value)  # type: ignore[union-attr]
    source = f"check {check.pk}" if check else f"given back by {by.pk}"
    reference.provenance = {**reference.provenance, **dict.fromkeys(values, source)}
    _save(reference)
    Correction.objects.create(
        reference=reference,
        check_row=check,
        field=field,
        before=before,
        after=_values(reference, values),
        undoes=undoes,
        made_at=timezone.now(),
        made_by=by,
        is_sample=reference.is_sample,
    )
    verb = "correction undone" if undoes else "reference corrected"
    note(verb, by=by, obj=reference, field=field, check=check.pk if check else None)


def _values(reference: Reference, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(reference, name) for name in names}


def _save(reference: Reference) -> None:
    try:
        reference.full_clean(exclude=["verdict", "standing"])
    except ValidationError as error:
        raise Refused(*error.messages) from None
    reference.save()


def _locked(reference: Reference) -> Reference:
    return Reference.objects.select_for_update().get(pk=reference.pk)


@transaction.atomic
def accept(reference: Reference, field: str, *, check_id: int, reason: str, by: Any) -> Acceptance:
    """Keep our words in one field for 90 days, because of ``reason``; nobody does so for a page they alone wrote."""
    reference = _locked(reference)
    check = require_current(reference, check_id)
    found = next((one for one in differences(check) if one.field == field and one.is_open), None)
    if found is None:
        raise Refused("This is no open difference.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(f"Give a reason of at least {SHORTEST_REASON} characters.")
    if alone := sole_pages(reference, by):
        raise Refused(f"You alone wrote “{alone[0].title}”, which cites this source. A colleague has to accept it.")
    acceptance, _ = Acceptance.objects.get_or_create(
        reference=reference,
        field=field,
        fingerprint=check.fingerprint,
        content_sha256=check.content_sha256,
        ended_at=None,
        expires_on__gte=timezone.localdate(),
        defaults={
            "reference_says": found.reference,
            "record_says": found.record,
            "reason": reason.strip(),
            "accepted_at": timezone.now(),
            "accepted_by": by,
            "right": Action.VERIFY_SOURCES.value,
            "expires_on": timezone.localdate() + ACCEPTED_FOR,
        },
    )
    note("difference accepted", by=by, obj=reference, note=acceptance.reason, field=field, check=check.pk)
    return acceptance


@transaction.atomic
def withdraw(acceptance: Acceptance, *, by: Any) -> None:
    """Take an acceptance back: the difference is open again."""
    ended = Acceptance.objects.filter(pk=acceptance.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)
    if not ended:
        raise Stale("This acceptance was taken back already.")
    note("acceptance taken back", by=by, obj=acceptance.reference, field=acceptance.field)


@transaction.atomic
def choose(reference: Reference, row: SourceRecord, *, by: Any) -> Check:
    """Say which record a reference means; it is then held against that one (EVD-40, EVD-81)."""
    reference = _locked(reference)
    note("record chosen", by=by, obj=reference, record=row.pk)
    return check_against(reference, row, by=by)


@transaction.atomic
def call_it_news(reference: Reference, *, by: Any) -> Check:
    """Store a news item as what it is: coverage, never a study (EV-05)."""
    reference = _locked(reference)
    if reference.kind == Reference.Kind.NEWS:
        raise Refused("This is a news item already.")
    values = {"kind": Reference.Kind.NEWS.value, "outlet": reference.outlet or reference.journal, "journal": ""}
    _write(reference, "kind", values, check=None, by=by)
    return recheck(reference, by=by)


def citing_pages(reference: Reference) -> list[Page]:
    """Pages whose newest version cites the source."""
    newest = F("version__page__latest_version_id")
    used = Use.objects.filter(kind=Use.Kind.REFERENCE, object_id=reference.pk, version_id=newest)
    return list(Page.objects.filter(pk__in=used.values("version__page_id")).order_by("title", "pk"))


def sole_pages(reference: Reference, user: Any) -> list[Page]:
    """Of these, the ones that ``user`` alone wrote since they were last live."""
    pages = citing_pages(reference)
    return [page for page in pages if page.latest_version and writers(page, page.latest_version) == {user.pk}]
