"""Lists from elsewhere: each row with its own evidence, pending, and never mailed (LEAD-41)."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from leads import ledger
from leads.cleaning import breaks_a_line, clean_line
from leads.contacts import contact_for
from leads.models import Subscription
from leads.reaching import usable_email
from stemsite.access import Action, can
from stemsite.audit.recording import record
from stemsite.clinic.models import Wording
from stemsite.mail.suppressing import is_suppressed
from stemsite.publishing.gate import Refused

COLUMNS = ("email", "name", "source", "date", "wording")
NEEDED = ("email", "source", "date", "wording")
MOST = 2000
LONGEST = {"name": 120, "source": 200, "wording": 2000}
NOT_OURS = 0
"""The version of a wording that was never one of ours; its text stands in the evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    number: int
    email: str
    name: str
    source: str
    on: datetime.date
    wording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    entered: int
    known: int
    """Were on the list, left it, or must not be written to: a list from elsewhere changes nothing about them."""


def rows_of(text: str) -> list[Row]:
    """Every row, or a ``ValidationError`` that names the rows which lack something: all are entered, or none."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    try:
        names = tuple(name.strip().lower() for name in reader.fieldnames or ())
        if lacking := [name for name in NEEDED if name not in names]:
            raise ValidationError(f"The first line has to name the columns; missing: {', '.join(lacking)}.")
        reader.fieldnames = names
        found = list(reader)
    except csv.Error as error:
        raise ValidationError(f"This is no CSV file: line {reader.line_num} cannot be read.") from error
    if not found or len(found) > MOST:
        raise ValidationError(f"A list has between 1 and {MOST} rows; this one has {len(found)}.")
    rows, mistakes = [], []
    for number, values in enumerate(found, 2):
        try:
            rows.append(_row(number, values))
        except ValidationError as error:
            mistakes += [f"Row {number}: {words}" for words in error.messages]
    if mistakes:
        raise ValidationError(mistakes[:20])
    return rows


def _row(number: int, values: dict[str | None, Any]) -> Row:
    if None in values or None in values.values():
        raise ValidationError("it has another number of columns than the first line.")
    parts = {name: str(values.get(name, "")).strip() for name in COLUMNS}
    if lacking := [name for name in NEEDED if not parts[name]]:
        raise ValidationError(f"without {' and '.join(lacking)}: nobody is entered without evidence.")
    if too_long := [name for name, most in LONGEST.items() if len(parts[name]) > most]:
        raise ValidationError(f"the {too_long[0]} is longer than {LONGEST[too_long[0]]} characters.")
    if any(breaks_a_line(parts[name]) for name in ("email", "name")):
        raise ValidationError("address and name have to stand on one line.")
    try:
        on = datetime.date.fromisoformat(parts["date"])
    except ValueError:
        on = None
    if on is None or on > timezone.localdate():
        raise ValidationError("write the day of the evidence as 2026-11-26; it cannot lie in the future.")
    return Row(
        number=number,
        email=usable_email(parts["email"]),
        name=clean_line(parts["name"]),
        source=parts["source"],
        on=on,
        wording=parts["wording"],
    )


def import_list(rows: list[Row], *, by: Any) -> Outcome:
    """Enter ``rows``. No letter goes out: whoever stands here is pending until they sign up and confirm themselves."""
    if not can(by, Action.IMPORT_LEADS):
        raise Refused("Only the owner imports lists.")
    with transaction.atomic():
        entered = sum(_enter(row, by) for row in rows)
        outcome = Outcome(entered=entered, known=len(rows) - entered)
        record("imported people", by=by, rows=len(rows), entered=outcome.entered, known=outcome.known)
    return outcome


def _enter(row: Row, by: Any) -> bool:
    contact = contact_for(email=row.email, phone="", name=row.name)
    if is_suppressed(row.email) or contact.subscriptions.exists():
        return False
    Subscription.objects.create(contact=contact)
    ledger.enter(contact, ledger.Purpose.NEWSLETTER, ledger.Action.GIVEN, _circumstances(row, by))
    return True


def _circumstances(row: Row, by: Any) -> ledger.Circumstances:
    wording = Wording(kind=Wording.Kind.CONSENT_NEWSLETTER, version=NOT_OURS, text=row.wording)
    return ledger.Circumstances(
        method=ledger.Method.IMPORT,
        wordings={wording.kind: wording},
        evidence="\n".join(_evidence(row)),
        evidence_on=row.on,
        by=by,
    )


def _evidence(row: Row) -> Iterator[str]:
    yield f"Source: {row.source}"
    yield f"Wording: {row.wording}"
