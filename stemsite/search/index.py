"""What can be found: the domain apps say what a page's words are, the index keeps their terms."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db import transaction

from .engines import engine
from .models import Entry, Mark, Word
from .words import said_in, terms_of, words_of

LONGEST_WORD = 40
_KEPT = ("kind", "title", "text", "url", "summary", "status", "reviewed_on", "updated_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The searchable side of a live page."""

    kind: str
    title: str
    names: tuple[str, ...] = ()
    """Other names and identifiers: ``MND``, a DOI."""
    text: str = ""
    url: str = ""
    summary: str = ""
    status: str = ""
    reviewed_on: datetime.date | None = None
    updated_on: datetime.date | None = None
    marks: tuple[str, ...] = ()
    """What results can be narrowed by: ``year:2024``."""


Reader = Callable[[int], Document | None]

_readers: list[Reader] = []


def register_reader(reader: Reader) -> None:
    """Add ``reader``: page id -> Document while the page is live and findable, else none."""
    if reader not in _readers:
        _readers.append(reader)


@transaction.atomic
def refresh(page: int) -> None:
    """Bring the entry of ``page`` up to date, in the caller's transaction."""
    document = _document(page)
    if document is None:
        Entry.objects.filter(page=page).delete()
        engine().remove([page])
        return
    said = said_in(document.text)
    Entry.objects.update_or_create(page=page, defaults=_values(document, said))
    Mark.objects.filter(entry=page).delete()
    _put({page: (document, said)})


@transaction.atomic
def add(documents: Mapping[int, Document]) -> None:
    """Entries of pages that have none yet, many at once."""
    read = {page: (document, said_in(document.text)) for page, document in documents.items()}
    Entry.objects.bulk_create(Entry(page=page, **_values(document, said)) for page, (document, said) in read.items())
    _put(read)


def complete(pages: Iterable[int]) -> int:
    """Entries of those of ``pages``, which are live, that lack one, as all do after a change of its form; how many."""
    missing = sorted({*pages} - {*Entry.objects.values_list("page", flat=True)})
    for some in batched(missing, 200, strict=False):
        add({page: document for page in some if (document := _document(page)) is not None})
    return len(missing)


def _document(page: int) -> Document | None:
    return next((found for reader in _readers if (found := reader(page)) is not None), None)


def _put(read: Mapping[int, tuple[Document, str]]) -> None:
    """What the engine keeps of documents, each with the terms of its text; their marks, and words nobody knew yet."""
    documents = {page: document for page, (document, _) in read.items()}
    heads = {page: " ".join((document.title, *document.names)) for page, document in documents.items()}
    engine().put(
        [(page, document.kind, " ".join(terms_of(heads[page])), said) for page, (document, said) in read.items()]
    )
    Mark.objects.bulk_create(
        (Mark(entry_id=page, mark=mark) for page, document in documents.items() for mark in document.marks),
        batch_size=400,
    )
    words = {word for page, document in documents.items() for word in words_of(f"{heads[page]} {document.text}")}
    words = {word for word in words if word.isalpha() and 3 < len(word) <= LONGEST_WORD}
    known = set(Word.objects.filter(word__in=words).values_list("word", flat=True)) if len(words) < 900 else set()
    Word.objects.bulk_create([Word(word=word) for word in sorted(words - known)], ignore_conflicts=True, batch_size=400)


def _values(document: Document, said: str) -> dict[str, Any]:
    return {name: getattr(document, name) for name in _KEPT} | {"said": said}
