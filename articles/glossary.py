"""The glossary: words that one person wrote and another signed, and what readers get of them (PAGE-43)."""

from __future__ import annotations

import datetime
import string
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Action, can
from stemsite.audit.recording import record
from stemsite.clinic.claiming import claims_in
from stemsite.publishing.gate import Refused
from stemsite.publishing.guards import reviewer_profile
from stemsite.publishing.models import Page
from stemsite.publishing.signing import add_months
from stemsite.publishing.watching import Line
from stemsite.search.finding import holding, is_met, marked, shown
from stemsite.search.queries import Query
from stemsite.search.words import terms_of
from stemsite.serving import store
from stemsite.serving.lasting import lasting
from stemsite.uses import RecordUse

from .glossing import Named
from .models import Definition, Term
from .models.glossary import TermWords

NAMES = "glossary-names"
"""Pages in whose text terms are links depend on it: all names of the terms that are public."""

SHOWN = "glossary"
"""What shows the definitions themselves depends on it."""

REVIEW_MONTHS = 36
"""A definition is reviewed anew after three years (TR-05)."""

STATEMENT = "I have read these words and confirm that they are medically correct."
MOST_PAGES = 5


@transaction.atomic
def write(term: Term, *, by: Any) -> Term:
    """Save what staff wrote; readers see none of it before it is signed."""
    before = Term.objects.select_for_update().filter(pk=term.pk).first() if term.pk else None
    if before is None or before.words != term.words:
        term.written_by, term.written_at, term.withdrawn_at = by, timezone.now(), None
    term.save()
    return term


@transaction.atomic
def sign(term: Term, *, by: Any, digest: str) -> Definition:
    """Put exactly the words of ``digest`` before readers, under the name of the clinician ``by``."""
    term = Term.objects.select_for_update(of=("self",)).select_related("live").get(pk=term.pk)
    if not can(by, Action.SIGN):
        raise Refused("Only a medical reviewer signs.")
    person = reviewer_profile(by)
    if term.digest != digest:
        raise Refused("The words were changed while you read them. Read them again; nothing was signed.")
    if term.written_by_id == by.pk:
        raise Refused("These are your own words. Another reviewer has to sign them, or a colleague to write them.")
    _require_no_claims(term)
    today = timezone.localdate()
    signed = Definition.objects.create(
        **term.words,
        term=term,
        signed_by=by,
        written_by_id=term.written_by_id,
        person=person,
        reviewer=person.name,
        credentials=person.credentials,
        statement=STATEMENT,
        reviewed_on=today,
        review_due_on=add_months(today, REVIEW_MONTHS),
        is_sample=term.is_sample,
    )
    before = term.live.names if term.live else ()
    term.live, term.withdrawn_at = signed, None
    term.save(update_fields=["live", "withdrawn_at"])
    record("glossary term signed", by=by, obj=term, content_hash=signed.content_hash)
    _show(names_changed=before != signed.names)
    return signed


@transaction.atomic
def withdraw(term: Term, *, by: Any, reason: str) -> None:
    """Take a term out of the glossary; what was signed stays for the record."""
    term = Term.objects.select_for_update().get(pk=term.pk)
    if term.live_id is None:
        raise Refused("Readers do not see this term.")
    if not reason.strip():
        raise Refused("Say why it is taken out. Readers do not see the reason.")
    term.live, term.withdrawn_at = None, timezone.now()
    term.save(update_fields=["live", "withdrawn_at"])
    record("glossary term taken out", by=by, obj=term, note=reason.strip())
    _show(names_changed=True)


def _require_no_claims(term: Term) -> None:
    """The lexicon may have grown since the words were written (CL-20)."""
    try:
        term.clean()
    except ValidationError as refused:
        raise Refused(" ".join(refused.messages)) from refused


def _show(*, names_changed: bool) -> None:
    store.forget(SHOWN, *([NAMES] if names_changed else []))


def warnings_in(term: TermWords) -> list[str]:
    """What the content checks hear that does not stop a signature, for its writer and its reader."""
    return [
        f"“{found.sentence}” {found.explanation} {found.suggestion}"
        for text in term.words.values()
        for found in claims_in(text, "policy")
    ]


@lasting
def named() -> Named:
    """The names of all public terms, for their links in running text: one query."""
    rows = Definition.objects.filter(pk__in=Term.objects.public().values("live")).order_by("name", "pk")
    columns = rows.values_list("term__slug", "name", "expansion", "other_names")
    return tuple(
        (slug, Definition(name=name, expansion=expansion, other_names=others).names)
        for slug, name, expansion, others in columns
    )


def names() -> Iterator[str]:
    """Every name that a public term goes by."""
    yield from (name for _, known in named() for name in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A term as readers meet it."""

    name: str
    slug: str
    expansion: str
    others: tuple[str, ...]
    definition: str
    reviewer: str
    reviewed_on: datetime.date
    review_due_on: datetime.date
    pages: tuple[tuple[str, str], ...] = ()
    """Title and address of live pages that use it."""
    sentence: tuple[tuple[str, bool], ...] = ()
    """The sentence that matches what was looked for, in pieces, each with whether it is what was looked for."""

    @property
    def url(self) -> str:
        return f"/glossary/#{self.slug}"

    @property
    def letter(self) -> str:
        first = self.name[:1].upper()
        return first if first in string.ascii_uppercase else "0–9"

    @property
    def overdue(self) -> bool:
        return self.review_due_on < timezone.localdate()


def explained(*, with_pages: bool = True) -> tuple[Explained, ...]:
    """All public terms from A to Z."""
    terms = [
        (term.slug, term.live) for term in Term.objects.public().select_related("live").order_by("pk") if term.live
    ]
    pages = _used_on([signed for _, signed in terms]) if with_pages else [()] * len(terms)
    found = [_explained(slug, signed, used) for (slug, signed), used in zip(terms, pages, strict=True)]
    return tuple(sorted(found, key=lambda term: (term.letter == "0–9", term.name.casefold(), term.slug)))


def _explained(slug: str, signed: Definition, pages: tuple[tuple[str, str], ...]) -> Explained:
    return Explained(
        name=signed.name,
        slug=slug,
        expansion=signed.expansion,
        others=signed.others,
        definition=signed.definition,
        reviewer=f"{signed.reviewer}, {signed.credentials}",
        reviewed_on=signed.reviewed_on,
        review_due_on=signed.review_due_on,
        pages=pages,
    )


def _used_on(terms: Sequence[Definition]) -> list[tuple[tuple[str, str], ...]]:
    """Titles and addresses of pages that use each of ``terms``: two queries for all."""
    pages = holding((signed.names for signed in terms), limit=MOST_PAGES)
    known = shown(page for some in pages for page in some)
    return [tuple(known[page] for page in some if page in known) for some in pages]


def by_letter(terms: Iterable[Explained]) -> list[tuple[str, list[Explained]]]:
    letters: dict[str, list[Explained]] = {}
    for term in terms:
        letters.setdefault(term.letter, []).append(term)
    return list(letters.items())


def pages_with(term: TermWords, *, limit: int = MOST_PAGES) -> list[Page]:
    """Live pages that say ``term`` by any of its names, the best matches first."""
    [found] = holding([term.names], limit=limit)
    order = {pk: number for number, pk in enumerate(found)}
    pages = Page.objects.live().addressed().filter(pk__in=order).select_related("live_version")
    return sorted(pages, key=lambda page: order[page.pk])


def found(query: Query) -> tuple[Explained, ...]:
    """Public terms whose names or words hold everything that ``query`` names."""
    hits = [term for term, said in _read() if is_met(query, said)]
    return tuple(replace(term, sentence=marked(query, term.definition)) for term in hits)


@lasting
def _read() -> tuple[tuple[Explained, str], ...]:
    """All public terms, each with the terms that search knows of its names and words."""
    return tuple(
        (term, " ".join(terms_of(" ".join((term.name, term.expansion, *term.others, term.definition)))))
        for term in explained(with_pages=False)
    )


def term_uses(kind: str, ids: Sequence[int]) -> Iterator[RecordUse]:
    """Pages that use a public term, and the glossary for whatever readers have seen once."""
    if kind != Term.USE_KIND:
        return
    for term in Term.objects.filter(pk__in=ids).select_related("live").order_by("pk"):
        if term.definitions.exists():
            yield RecordUse(label="Glossary", mark="live" if term.live else "signed once", screen="articles:glossary")
        for page in pages_with(term.live or term, limit=50):
            yield RecordUse(label=page.title, mark="live", screen="admin:publishing_page", pk=page.pk)


def term_places(kind: str) -> Iterator[tuple[int, Hashable]]:
    if kind == Term.USE_KIND:
        yield from ((pk, "glossary") for pk in Term.objects.exclude(definitions=None).values_list("pk", flat=True))


def term_lines(user: Any) -> Iterator[Line]:
    """What waits of the glossary, for whoever looks after it."""
    if not can(user, Action.SEE_LIBRARY):
        return
    url = reverse("admin:articles_term_changelist")
    waiting, overdue = Term.objects.unsigned().count(), Term.objects.overdue().count()
    yield Line(label="Glossary terms to sign", number=waiting, url=f"{url}?standing=unsigned")
    yield Line(label="Glossary terms due for review", number=overdue, url=f"{url}?standing=overdue", alarm=overdue > 0)
