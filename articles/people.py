"""Profiles of authors and reviewers, and the notes on what changed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404
from django.utils.safestring import SafeString

from stemsite.clinic.frame import Frame
from stemsite.clinic.models import Person
from stemsite.clinic.models.person import initials_of
from stemsite.images.renditions import PictureSources, sources_for
from stemsite.jsonld import graph, node
from stemsite.publishing.models import Page, SignOff, Transition, Use
from stemsite.publishing.models.page import unaddressed_families
from stemsite.publishing.reading import local_day
from stemsite.publishing.structured import site_nodes
from stemsite.search.finding import is_met
from stemsite.search.queries import Query
from stemsite.search.words import terms_of
from stemsite.serving.lasting import lasting

from .entries import Entry, entry

MOST_PEOPLE = 20
RECENT = 50
"""As many changes, and as many pages of one person, are listed; of pages a count says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    name: str
    slug: str
    role_words: str
    credentials: str
    degrees: tuple[str, ...]
    specialty: str
    board: str
    certifying_body: str
    licence_state: str
    licence_number: str
    licence_url: str
    orcid: str
    experience: str
    conflict: str
    conflict_on: datetime.date | None
    former: bool
    initials: str
    photo: PictureSources | None
    photo_file: int | None
    is_sample: bool
    written: tuple[Entry, ...]
    written_count: int
    reviewed: tuple[tuple[Entry, datetime.date], ...]
    reviewed_count: int

    @property
    def description(self) -> str:
        return f"{self.name}, {self.role_words}: credentials, conflicts of interest, pages."

    @property
    def keys(self) -> frozenset[str]:
        shown = (f"picture:{self.photo_file}",) if self.photo_file else ()
        return frozenset({f"person:{self.slug}", *shown})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A major change of a page after its first publication, as readers are told of it."""

    pk: int
    at: datetime.datetime
    on: datetime.date | None
    title: str
    url: str
    note: str


def profile(slug: str) -> Profile:
    """The public profile at ``slug``; 404 for people who neither wrote nor reviewed anything that is live."""
    person = Person.objects.select_related("photo").filter(slug=slug).first()
    if person is None:
        raise Http404
    live = Page.objects.live().addressed().order_by("-updated_at", "-pk")
    uses = Use.objects.filter(kind=Use.Kind.PERSON, object_id=person.pk)
    signed = SignOff.objects.filter(person=person).exclude(kind=SignOff.Kind.COUNTERSIGNATURE)
    written = live.filter(live_version__in=uses.values("version"))
    reviewed = live.filter(live_version__in=signed.values("version"))
    photo_file = person.photo.current_id if person.photo else None
    told = Profile(
        name=person.name,
        slug=person.slug,
        role_words=_role(person),
        credentials=person.credentials,
        degrees=tuple(person.degrees.splitlines()),
        specialty=person.specialty,
        board=person.board,
        certifying_body=person.certifying_body,
        licence_state=person.licence_state,
        licence_number=person.licence_number,
        licence_url=person.licence_url,
        orcid=person.orcid,
        experience=person.experience,
        conflict=person.conflict,
        conflict_on=person.conflict_on,
        former=person.is_former,
        initials=initials_of(person.name),
        photo=sources_for([photo_file]).get(photo_file) if photo_file else None,
        photo_file=photo_file,
        is_sample=person.is_sample,
        written=tuple(entry(page) for page in written[:RECENT]),
        written_count=written.count(),
        reviewed=tuple((entry(page), _signed_on(page, person)) for page in reviewed[:RECENT]),
        reviewed_count=reviewed.count(),
    )
    if not (told.written or told.reviewed):
        raise Http404
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Somebody who was looked for."""

    name: str
    url: str
    words: str


def found(query: Query) -> tuple[Found, ...]:
    """People with a public profile whose name, credentials or specialty hold everything that ``query`` names."""
    meant = [person for person, said in _read() if is_met(query, said)][:MOST_PEOPLE]
    public = _public(person.pk for person in meant) if meant else ()
    return tuple(
        Found(
            name=str(person),
            url=person.get_absolute_url(),
            words=", ".join(filter(None, (_role(person).capitalize(), person.specialty))),
        )
        for person in meant
        if person.pk in public
    )


@lasting
def _read() -> tuple[tuple[Person, str], ...]:
    """Authors and reviewers, each with the terms that search knows of them."""
    people = Person.objects.filter(Q(is_author=True) | Q(is_reviewer=True)).order_by("name", "pk")
    return tuple(
        (person, " ".join(terms_of(f"{person.name} {person.credentials} {person.specialty}"))) for person in people
    )


def _public(ids: Iterable[int]) -> set[int]:
    """Those of ``ids`` who wrote or reviewed something that is live; nobody else has a profile."""
    people = set(ids)
    live = Page.objects.live().addressed().values("live_version")
    wrote = Use.objects.filter(kind=Use.Kind.PERSON, object_id__in=people, version__in=live)
    signed = SignOff.objects.filter(person__in=people, version__in=live)
    signed = signed.exclude(kind=SignOff.Kind.COUNTERSIGNATURE)
    return {*wrote.values_list("object_id", flat=True), *signed.values_list("person", flat=True)}


def _role(person: Person) -> str:
    roles = [
        words for words, holds in (("author", person.is_author), ("medical reviewer", person.is_reviewer)) if holds
    ]
    return f"{'former ' if person.is_former else ''}{' and '.join(roles) or 'member of the team'}"


def _signed_on(page: Page, person: Person) -> datetime.date:
    days = [
        sign_off.reviewed_on
        for sign_off in page.version_for_readers().sign_offs.all()
        if sign_off.person_id == person.pk and sign_off.kind != SignOff.Kind.COUNTERSIGNATURE and sign_off.reviewed_on
    ]
    return max(days, default=datetime.date.min)


def profile_graph(found: Profile, canonical: str, site: Frame) -> SafeString:
    person = node(
        "Person",
        id=f"{canonical}#person",
        name=found.name,
        honorificSuffix=found.credentials,
        url=canonical,
        jobTitle=found.role_words,
        worksFor={"@id": f"{site.url}/#organization"},
        knowsAbout=found.specialty,
        hasCredential=node("EducationalOccupationalCredential", name=found.board) if found.board else "",
        identifier=f"https://orcid.org/{found.orcid}" if found.orcid else "",
    )
    page = node(
        "ProfilePage",
        id=f"{canonical}#page",
        url=canonical,
        name=found.name,
        mainEntity={"@id": f"{canonical}#person"},
        isPartOf={"@id": f"{site.url}/#website"},
    )
    return graph(*site_nodes(site), page, person)


def recent_changes() -> tuple[Noted, ...]:
    """Major changes of live pages after their first publication, newest first."""
    rows = (
        Transition.objects.filter(
            verb__in=Transition.PUBLICATIONS,
            change=Transition.Change.MAJOR,
            from_public=Page.PublicState.LIVE,
            page__public_state=Page.PublicState.LIVE,
        )
        .exclude(page__family__in=unaddressed_families())
        .select_related("page__live_version")
        .order_by("-at")[:RECENT]
    )
    return tuple(
        Noted(
            pk=row.pk,
            at=row.at,
            on=local_day(row.at),
            title=row.page.version_for_readers().title,
            url=row.page.live_path or "",
            note=row.note,
        )
        for row in rows
    )
