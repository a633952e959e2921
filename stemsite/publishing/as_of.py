"""What a page said on a day: its version with everything that was joined to it, as it stood at that moment (PUB-29)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stemsite.clinic.models import Clinic

from .models import Page, SignOff, Transition, Use, Version
from .reading import Change, local_day
from .steps import Verb


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
    steps = _public_steps(page, moment)
    published = next((step for step in reversed(steps) if step.verb in Transition.PUBLICATIONS), None)
    if published is None or published.version is None:
        return None
    version = published.version
    signed = _signature(version, moment)
    publications = [step for step in steps if step.verb in Transition.PUBLICATIONS]
    major = [step for step in publications if step.change == Transition.Change.MAJOR]
    return Record(
        moment=moment,
        page=page,
        version=version,
        address=published.path,
        published=published,
        withdrawn=steps[-1] if steps[-1].verb == Verb.WITHDRAW else None,
        signature=signed,
        first_published_on=local_day(publications[0].at),
        updated_on=local_day((major or publications)[-1 if major else 0].at),
        overdue=_overdue(signed, moment),
        corrected_on=local_day(version.created_at) if version.corrects_id else None,
        changes=_changes(publications),
        shown=tuple(_shown(version, moment)),
        facts=tuple(fact for joined in _joined for fact in joined(version, moment)),
    )


def _public_steps(page: Page, moment: datetime.datetime) -> list[Transition]:
    verbs = (*Transition.PUBLICATIONS, Verb.WITHDRAW, Verb.RESTORE)
    rows = Transition.objects.filter(page_id=page.pk, verb__in=verbs, at__lte=moment)
    return list(rows.select_related("version__corrects", "by").order_by("at", "pk"))


def _signature(version: Version, moment: datetime.datetime) -> SignOff | None:
    """The newest medical signature that was there at ``moment``; a correction had that of what it corrects."""
    medical = SignOff.objects.exclude(kind=SignOff.Kind.COUNTERSIGNATURE).filter(signed_at__lte=moment)
    own = medical.filter(version=version, content_hash=version.content_hash).order_by("-signed_at", "-pk").first()
    return own or (_signature(version.corrects, moment) if version.corrects is not None else None)


def _overdue(signed: SignOff | None, moment: datetime.datetime) -> bool:
    if signed is None or signed.review_due_on is None:
        return False
    clinic = Clinic.current()
    last = signed.review_due_on + datetime.timedelta(days=clinic.overdue_grace_days)
    return moment.astimezone(clinic.zone).date() > last


def _changes(publications: list[Transition]) -> tuple[Change, ...]:
    """The public list of changes as it stood: the first publication, then what readers were told of major ones."""
    told = [
        Change(on=day, note=step.note or "First published.")
        for index, step in enumerate(publications)
        if (index == 0 or step.change == Transition.Change.MAJOR) and (day := local_day(step.at)) is not None
    ]
    return tuple(reversed(told))


def _shown(version: Version, moment: datetime.datetime) -> Iterable[Shown]:
    kinds = (Use.Kind.STUDY, Use.Kind.PAGE)
    ids = Use.objects.filter(version=version, kind__in=kinds).values_list("object_id", flat=True)
    for page in Page.objects.filter(pk__in=ids).order_by("family", "title", "pk"):
        steps = _public_steps(page, moment)
        published = next((step for step in reversed(steps) if step.verb in Transition.PUBLICATIONS), None)
        yield Shown(
            page=page,
            version=published.version if published else None,
            withdrawn=steps[-1] if steps and steps[-1].verb == Verb.WITHDRAW else None,
        )
