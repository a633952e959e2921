"""Synthetic pages for scale trials: bulk-written as ready-made live versions, marked, with one audit event for the lot.

They are all different and say nothing medical. Draft rows and Version agree, because one page of each kind is
frozen the usual way and the others differ from it only in what is replaced here.
"""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.text import slugify

from stemsite.accounts.models import User
from stemsite.audit.recording import record
from stemsite.clinic.models import Person
from stemsite.publishing.content import Content, content_hash, dump
from stemsite.publishing.families import family_of
from stemsite.publishing.models import Page, SignOff, Transition, Use, Version
from stemsite.serving import store

from .staff import person_of

BATCH = 500
ADDED = "synthetic pages added"
STATEMENT = "A synthetic signature for scale trials. Nobody has read this page."

OPENINGS = (
    "A plain guide to {}", "What to know about {}", "Getting ready for {}", "Questions about {}", "A short note on {}",
    "How families plan {}", "Five ideas for {}", "The first week of {}", "Keeping track of {}", "Beginning with {}",
)  # fmt: skip
SUBJECTS = (
    "clinic visits", "medical bills", "test results", "a second opinion", "travel to appointments", "family talks",
    "medicine lists", "insurance letters", "daily notes", "help at home", "voice recordings", "waiting rooms",
    "phone calls with the office", "quiet evenings", "shared calendars", "packing for a stay", "parking and ramps",
    "letters to your doctor", "meals that are easy to make", "support groups", "reading a list", "asking for copies",
)  # fmt: skip
SENTENCES = (
    "Write the date at the top of the page, so that you can find it again.",
    "Take a second person with you, and agree who writes and who asks.",
    "Keep every letter in one folder, the newest in front.",
    "Ask for the name of the person you talk to.",
    "A short list is easier to use than a long one.",
    "Read the last page first, because the result often stands there.",
    "Leave room for an answer under each question.",
    "Say it in your own words, and ask if that is right.",
    "Plan a break for every hour of travel.",
    "Put the phone number of the office where everyone can see it.",
    "If something is unclear, ask for a drawing.",
    "Note what was said, and what was not said.",
    "Set a day on which you look at the list again.",
    "It helps to do the hard call in the morning.",
    "One person can keep the calendar for all.",
)


class Numbers:
    """Running numbers that go on where an earlier run stopped, so that titles and addresses stay different."""

    def __init__(self, family: str) -> None:
        self._next = itertools.count(Page.objects.filter(family=family, is_synthetic=True).count() + 1)

    def take(self, count: int) -> list[int]:
        return list(itertools.islice(self._next, count))


def in_batches(count: int) -> Iterable[int]:
    """``count`` cut into parts that hold the write lock only shortly."""
    return (min(BATCH, count - begun) for begun in range(0, count, BATCH))


def announce(what: str, count: int, *, by: User) -> None:
    record(ADDED, by=by, note=f"{count} {what}", count=count)
    store.forget_all()


def chance(number: int, what: str) -> random.Random:
    """Dice that fall the same way for the same number on every machine."""
    return random.Random(f"{what} {number}")  # noqa: S311


def title_of(dice: random.Random, number: int) -> str:
    return f"{dice.choice(OPENINGS).format(dice.choice(SUBJECTS))}, no. {number}"


def paragraphs(dice: random.Random, count: int) -> str:
    return "".join(f"<p>{' '.join(dice.sample(SENTENCES, 4))}</p>" for _ in range(count))


def draft_pages(family: str, numbers: Sequence[int], *, by: User) -> list[Page]:
    """The common rows of new pages, not yet public; ``saved_at`` spreads them over the last three years."""
    now = timezone.now()
    pages = []
    for number in numbers:
        dice = chance(number, family)
        title = title_of(dice, number)
        moment = now - datetime.timedelta(minutes=dice.randrange(3 * 365 * 24 * 60))
        pages.append(
            Page(
                family=family,
                title=title,
                slug=slugify(title)[:120],
                summary=f"Synthetic page number {number}, made to see how the site copes with many pages."
                + ("" if number % 2 else " An alternate one."),
                created_by=by,
                keeper=by,
                saved_at=moment,
                saved_by=by,
                review_due_on=timezone.localdate() + datetime.timedelta(days=dice.randrange(1, 365)),
                is_sample=True,
                is_synthetic=True,
            )
        )
    return Page.objects.bulk_create(pages)


def child_row(model: type[Any], page: Page, **fields: Any) -> None:
    """The family's own row of ``page``, written beside it: Django has no bulk call for tables that share a key."""
    child = model(page_ptr_id=page.pk, **fields)
    child.__dict__.update({name: value for name, value in page.__dict__.items() if name != "_state"})
    child._state.adding = True
    child.save_base(raw=True, force_insert=True)


def go_live(pages: Sequence[Page], contents: Sequence[Content], *, path: str, staff: Mapping[str, User]) -> None:
    """Versions, signatures and publications of ``pages``, and the pages pointed at them; search is the caller's."""
    versions = _versions(pages, contents)
    family = family_of(pages[0])
    Use.objects.bulk_create(
        Use(version=version, kind=kind, object_id=pk)
        for version, content in zip(versions, contents, strict=True)
        for kind, pk in dict.fromkeys(family.uses(content))
    )
    SignOff.objects.bulk_create(_signatures(pages, versions, staff["reviewer"]))
    Transition.objects.bulk_create(_publications(pages, versions, staff["publisher"], path))
    newest = Version.objects.filter(page_id=OuterRef("pk")).values("pk")[:1]
    Page.objects.filter(pk__in=[page.pk for page in pages]).update(
        latest_version=Subquery(newest),
        live_version=Subquery(newest),
        public_state=Page.PublicState.LIVE,
        live_kind=getattr(contents[0], "kind", ""),
        live_path=Concat(Value(path), F("slug"), Value("/"), output_field=models.CharField()),
        first_published_at=F("saved_at"),
        updated_at=F("saved_at"),
    )


def _versions(pages: Sequence[Page], contents: Sequence[Content]) -> list[Version]:
    made = []
    for page, content in zip(pages, contents, strict=True):
        values = dump(content)
        made.append(
            Version(
                page=page,
                number=1,
                schema=values["schema"],
                content=values,
                content_hash=content_hash(values),
                action=Version.Action.SAVE,
                note="Synthetic, for scale trials.",
                created_at=page.saved_at or timezone.now(),
                created_by_id=page.created_by_id,
                is_sample=True,
            )
        )
    return Version.objects.bulk_create(made)


def _signatures(pages: Sequence[Page], versions: Sequence[Version], by: User) -> Iterable[SignOff]:
    person: Person = person_of(by)
    for page, version in zip(pages, versions, strict=True):
        yield SignOff(
            version=version,
            content_hash=version.content_hash,
            kind=SignOff.Kind.REVIEW,
            signed_at=version.created_at,
            signed_by=by,
            person=person,
            name=person.name,
            credentials=person.credentials,
            specialty=person.specialty,
            licence=f"{person.licence_state} {person.licence_number}",
            person_slug=person.slug,
            statement=STATEMENT,
            reviewed_on=timezone.localdate(version.created_at),
            review_due_on=page.review_due_on,
            is_sample=True,
        )


def _publications(pages: Sequence[Page], versions: Sequence[Version], by: User, path: str) -> Iterable[Transition]:
    for page, version in zip(pages, versions, strict=True):
        yield Transition(
            page=page,
            version=version,
            verb=Transition.Verb.PUBLISH,
            by=by,
            at=version.created_at,
            from_draft=Page.DraftState.APPROVED,
            to_draft=Page.DraftState.DRAFT,
            from_public=Page.PublicState.NOTHING,
            to_public=Page.PublicState.LIVE,
            change=Transition.Change.MAJOR,
            path=f"{path}{page.slug}/",
            is_sample=True,
        )
