"""Finding live pages by words and identifiers; the domain apps say what a page's words are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, Value, When

from .models import Entry

MAX_QUERY = 200
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
MAX_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The searchable side of a live page."""

    kind: str
    title: str
    names: tuple[str, ...] = ()
    """Other names and identifiers: ``MND``, a DOI."""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    page: int
    kind: str
    title: str
    sentence: str


Reader = Callable[[int], Document | None]

_readers: list[Reader] = []


def register_reader(reader: Reader) -> None:
    """Add ``reader``: page id -> Document while the page is live and findable, else none."""
    if reader not in _readers:
        _readers.append(reader)


def fold(text: str) -> str:
    """``text`` in lower case without accents and control characters, blanks collapsed."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    bare = "".join(letter for letter in _UNSEEN.sub(" ", decomposed) if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def refresh(page: int) -> None:
    """Bring the entry of ``page`` up to date, in the caller's transaction."""
    document = next((found for reader in _readers if (found := reader(page)) is not None), None)
    if document is None:
        Entry.objects.filter(page=page).delete()
        return
    Entry.objects.update_or_create(page=page, defaults=_values(document))


def add(documents: Mapping[int, Document]) -> None:
    """Entries of pages that have none yet, many at once."""
    Entry.objects.bulk_create(Entry(page=page, **_values(document)) for page, document in documents.items())


def _values(document: Document) -> dict[str, str]:
    words = fold(" ".join((document.title, *document.names, document.text)))
    return {"kind": document.kind, "title": document.title, "words": words, "text": document.text}


def find(query: str, *, limit: int = 60) -> tuple[Hit, ...]:
    """Live pages that hold every word of ``query``, those named in their title first."""
    words = [word for word in re.split(r"[\s\"'()*]+", fold(query[:MAX_QUERY])) if word][:MAX_WORDS]
    if not words:
        return ()
    wanted = Q()
    titled = Q()
    for word in words:
        wanted &= Q(words__contains=_stem(word))
        titled &= Q(title__icontains=word)
    rank = Case(When(titled, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Entry.objects.filter(wanted).annotate(rank=rank).order_by("rank", "title")[:limit]
    return tuple(
        Hit(page=row.page, kind=row.kind, title=row.title, sentence=_sentence(row.text, words)) for row in rows
    )


def _stem(word: str) -> str:
    """A word without its English ending, so that ``trials`` finds ``trial``."""
    for ending in ("ies", "ing", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and word.isalpha():
            return word[: -len(ending)]
    return word


def _sentence(text: str, words: list[str]) -> str:
    """The sentence of ``text`` that holds the most of ``words``."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    best = max(sentences, key=lambda sentence: sum(_stem(word) in fold(sentence) for word in words), default="")
    return best[:300]
