"""What a page said on a day: its version with everything that was joined to it, as it stood at that moment (PUB-29)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stemsite.clinic.models import Clinic

from .looking_back import page_at, pages_at, publications, steps_at, withdrawal_in
from .models import Page, SignOff, Transition, Use, Version
from .reading import Change, Past, history, local_day, signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that stood beside the words of the version, from a part of the site that keeps its own record."""

    label: str
    text: str


Joined = Callable[[Version, datetime.datetime], Iterable[Fact]]

_joined: list[Joined] = []


def register_joined(joined: Joined) -> None:
    """Add what an app joins to a version when it is rendered, from ``ready()``; it answers for any moment."""
    if joined not in _joined:
        _joined.append(joined)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Another page of which this one showed something, and the version that readers got of it then."""

    page: Page
    version: Version | None
    withdrawn: Transition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    moment: datetime.datetime
    page: Page
    version: Version
    address: str
    published: Transition
    withdrawn: Transition | None
    """The withdrawal in force then; readers got its sentence, and the text only where it was "outdated"."""
    signature: SignOff | None
    first_published_on: datetime.date | None
    updated_on: datetime.date | None
    overdue: bool
    corrected_on: datetime.date | None
    """Named at the foot of the page until the reviewer had confirmed the correction."""
    changes: tuple[Change, ...]
    shown: tuple[Shown, ...]
    facts: tuple[Fact, ...]


def record_at(page: Page, moment: datetime.datetime) -> Record | None:
    """What readers got of ``page`` at ``moment``; none while nothing of it was public."""
    then, steps = page_at(page, moment), steps_at([page.pk], moment)[page.pk]
    if then is None:
        return None
    version, published = then.version_for_readers(), publications(steps)
    signed = signature(version)
    return Record(
        moment=moment,
        page=page,
        version=version,
        address=published[-1].path,
        published=published[-1],
        withdrawn=withdrawal_in(steps),
        signature=signed,
        first_published_on=local_day(then.first_published_at),
        updated_on=local_day(then.updated_at),
        overdue=_overdue(signed, moment),
        corrected_on=local_day(version.created_at) if version.corrects_id else None,
        changes=history(page, Past(at=moment)),
        shown=tuple(_shown(version, moment)),
        facts=tuple(fact for joined in _joined for fact in joined(version, moment)),
    )


def _overdue(signed: SignOff | None, moment: datetime.datetime) -> bool:
    if signed is None or signed.review_due_on is None:
        return False
    clinic = Clinic.current()
    if clinic.overdue_grace_days is None:
        return False
    last = signed.review_due_on + datetime.timedelta(days=clinic.overdue_grace_days)
    return moment.astimezone(clinic.zone).date() > last


def _shown(version: Version, moment: datetime.datetime) -> Iterable[Shown]:
    kinds = (Use.Kind.STUDY, Use.Kind.PAGE)
    ids = set(Use.objects.filter(version=version, kind__in=kinds).values_list("object_id", flat=True))
    stood, steps = pages_at(ids, moment), steps_at(ids, moment)
    for page in Page.objects.filter(pk__in=ids).order_by("family", "title", "pk"):
        then = stood.get(page.pk)
        yield Shown(
            page=page,
            version=then.live_version if then else None,
            withdrawn=withdrawal_in(steps[page.pk]),
        )
