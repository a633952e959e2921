"""Making a signature: who signs, as what, until when."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from stemsite.clinic.models import Clinic, Person

from .gate import Refused
from .models import Page, SignOff, Version
from .reading import signature

REVIEW_STATEMENT = "I have read this whole page against its sources and confirm that it is medically correct."
CONFIRMATION_STATEMENT = "I have read exactly this change and confirm that it does not alter the medical meaning."
COUNTER_STATEMENT = "I have read this text as it stands and agree with it."

FURTHEST_MONTHS = 120
"""How far away the next review can be set: a slip of the pen must not make a page fresh for ever."""


MAX_NAME = 120
"""Of a signature; an account without a name is called by its address, which may be longer."""


def add_sign_off(
    page: Page,
    version: Version,
    *,
    by: Any,
    person: Person | None,
    statement: str = "",
    review_due_on: datetime.date | None = None,
    minor: bool = False,
) -> SignOff:
    """A signature under ``version``: medical with a ``person``, a countersignature without."""
    if person is None:
        kind = SignOff.Kind.COUNTERSIGNATURE
        return _sign(page, version, by, kind, statement or COUNTER_STATEMENT, name=str(by)[:MAX_NAME])
    kind = SignOff.Kind.CONFIRMATION if minor else SignOff.Kind.REVIEW
    reviewed_on, due_on = _dates(page, minor, review_due_on)
    return _sign(
        page,
        version,
        by,
        kind,
        statement or (CONFIRMATION_STATEMENT if minor else REVIEW_STATEMENT),
        person=person,
        name=person.name,
        credentials=person.credentials,
        specialty=person.specialty,
        licence=" ".join(filter(None, (person.licence_state, person.licence_number))),
        licence_url=person.licence_url,
        person_slug=person.slug,
        photo_file=person.photo.current_id if person.photo else None,
        reviewed_on=reviewed_on,
        review_due_on=due_on,
    )


def _sign(page: Page, version: Version, by: Any, kind: str, statement: str, **fields: Any) -> SignOff:
    return SignOff.objects.create(
        version=version,
        content_hash=version.content_hash,
        kind=kind,
        signed_at=timezone.now(),
        signed_by=by,
        statement=statement,
        is_sample=page.is_sample,
        **fields,
    )


def _dates(page: Page, minor: bool, due_on: datetime.date | None) -> tuple[datetime.date, datetime.date]:
    """A whole review starts today; a confirmed minor change keeps the dates of the last one (PUB-121)."""
    today = timezone.localdate()
    if minor and page.live_version is not None:
        last = signature(page.live_version)
        if last is not None and last.reviewed_on and last.review_due_on:
            return last.reviewed_on, last.review_due_on
    months = Clinic.current().review_months
    due_on = due_on or add_months(today, months)
    if due_on <= today:
        raise Refused("The next review cannot be in the past. Choose a later day.")
    if due_on > add_months(today, max(months, FURTHEST_MONTHS)):
        raise Refused(f"The next review is at most {FURTHEST_MONTHS // 12} years away. Choose an earlier day.")
    return today, due_on


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month ``months`` later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = datetime.date(year + month // 11, (month + 1) % 12 + 1, 1)
    last = (first_of_next - datetime.timedelta(days=1)).day
    return datetime.date(year, month + 1, min(day.day, last))
