"""What is joined to a Version for readers: signature, dates, history. Never draft rows (PUB-04)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from stemsite.images.renditions import PictureSources, sources_for

from .content import Author
from .models import Page, SignOff, Transition, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    name: str
    credentials: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """As the signature says, whatever the person's profile says today (PAGE-51)."""

    name: str
    credentials: str
    specialty: str
    url: str
    initials: str
    licence: str
    licence_url: str
    photo: PictureSources | None = None
    """The picture that was theirs when they signed."""
    photo_file: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    authors: tuple[Writer, ...]
    reviewer: Reviewer | None
    reviewed_on: datetime.date | None
    due_on: datetime.date | None
    updated_on: datetime.date | None
    first_published_on: datetime.date | None
    overdue: bool
    unreviewed: bool
    overdue_from: datetime.datetime | None

    @property
    def keys(self) -> frozenset[str]:
        """Keys of what is shown besides the record: the reviewer's picture."""
        shown = self.reviewer.photo_file if self.reviewer else None
        return frozenset({f"picture:{shown}"} if shown else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What readers of a withdrawn page are told (PUB-109)."""

    since: datetime.date | None
    reason: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A dated note for readers about a major change (PAGE-40)."""

    on: datetime.date
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A publication that has not happened: what a preview joins besides the record (PUB-32)."""

    at: datetime.datetime
    change: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A moment that has gone: what is joined is what was there then (PUB-29)."""

    at: datetime.datetime


def signature(version: Version) -> SignOff | None:
    """The newest medical signature under exactly this text, from what was fetched with the version.

    A harmless correction keeps the signature of the version it corrects until it is confirmed (PUB-43, PUB-144).
    """
    if version.pk is None:
        return None
    signed = [
        sign_off
        for sign_off in version.sign_offs.all()
        if sign_off.is_medical and sign_off.content_hash == version.content_hash
    ]
    newest = max(signed, key=lambda sign_off: sign_off.signed_at, default=None)
    return newest or (signature(version.corrects) if version.corrects is not None else None)


def corrected_on(version: Version) -> datetime.date | None:
    """When a signed page was corrected without a new signature; its foot says so."""
    return local_day(version.created_at) if version.corrects_id else None


def writer(author: Author) -> Writer:
    return Writer(name=author.name, credentials=author.credentials, url=f"/people/{author.slug}/")


def byline(
    page: Page,
    version: Version,
    authors: tuple[Author, ...],
    *,
    grace_days: int | None,
    needs_reviewer: bool = True,
    at: datetime.datetime | None = None,
) -> Byline:
    """Who wrote and signed, and when; late by the clock of now, or ``at`` a moment."""
    signed = signature(version)
    due_on = signed.review_due_on if signed else None
    overdue_from = None
    if due_on is not None and grace_days is not None:
        overdue_from = _midnight(due_on + datetime.timedelta(days=grace_days + 1))
    return Byline(
        authors=tuple(writer(author) for author in authors),
        reviewer=reviewer(signed) if signed else None,
        reviewed_on=signed.reviewed_on if signed else None,
        due_on=due_on,
        updated_on=local_day(page.updated_at),
        first_published_on=local_day(page.first_published_at),
        overdue=overdue_from is not None and overdue_from <= (at or timezone.now()),
        unreviewed=signed is None and needs_reviewer,
        overdue_from=overdue_from,
    )


def reviewer(signed: SignOff) -> Reviewer:
    return Reviewer(
        name=signed.name,
        credentials=signed.credentials,
        specialty=signed.specialty,
        url=f"/people/{signed.person_slug}/" if signed.person_slug else "",
        initials=signed.initials,
        licence=signed.licence,
        licence_url=signed.licence_url,
        photo=sources_for([signed.photo_file]).get(signed.photo_file) if signed.photo_file else None,
        photo_file=signed.photo_file,
    )


def history(page: Page, looked: Pending | Past | None = None) -> tuple[Change, ...]:
    """Major changes, newest first; minor ones and re-reviews are not listed."""
    published = Transition.objects.filter(page_id=page.pk, verb__in=Transition.PUBLICATIONS).order_by("-at", "-pk")
    if isinstance(looked, Past):
        published = published.filter(at__lte=looked.at)
    rows = list(published.values_list("at", "change", "note"))
    if isinstance(looked, Pending):
        rows.insert(0, (looked.at, looked.change, looked.note))
    changes = []
    for index, (at, change, note) in enumerate(rows):
        if index == len(rows) - 1:
            changes.append(Change(on=_day(at), note=note or "First published."))
        elif change == Transition.Change.MAJOR:
            changes.append(Change(on=_day(at), note=note))
    return tuple(changes)


def withdrawal(page: Page) -> Withdrawn | None:
    if page.public_state != Page.PublicState.WITHDRAWN:
        return None
    return Withdrawn(since=local_day(page.withdrawn_at), reason=page.withdrawn_because, kind=page.withdrawn_as)


def local_day(moment: datetime.datetime | None) -> datetime.date | None:
    return _day(moment) if moment else None


def _day(moment: datetime.datetime) -> datetime.date:
    return timezone.localtime(moment).date()


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
