"""Finding live pages by words, names and identifiers; a word nobody wrote is read as the nearest one somebody did."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from .engines import Part, engine
from .models import Entry, Word
from .queries import Query, Wish, wishes
from .words import said_in, sentences_of, stem, terms_of

NEAREST = 3
LONGEST_SENTENCE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    page: int
    kind: str
    title: str
    url: str
    summary: str
    status: str
    reviewed_on: datetime.date | None
    updated_on: datetime.date | None
    sentence: tuple[tuple[str, bool], ...] = ()
    """The matching sentence in pieces, each with whether it is what was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    hits: tuple[Hit, ...] = ()
    numbers: dict[str, int]
    """Pages of each kind that match, whatever kind was asked for."""
    read_as: str = ""
    """The query as it was understood, where that differs from what was typed."""

    @property
    def total(self) -> int:
        return sum(self.numbers.values())


def find(
    query: str | Query,
    *,
    kind: str = "",
    marks: Sequence[str] = (),
    limit: int = 60,
    start: int = 0,
    as_typed: bool = False,
) -> Found:
    """Live pages that hold everything ``query`` names, those named so first; none for a query without words.

    ``marks`` that a page must have to be found; ``as_typed`` where the words are known from elsewhere, so that a
    name is not read as another word.
    """
    known = _understood(query, Part(kind=kind, limit=limit, start=start), as_typed=as_typed, marks=marks)
    entries = Entry.objects.in_bulk(known.pages, field_name="page")
    hits = tuple(_hit(entries[page], known.wanted) for page in known.pages if page in entries)
    return Found(hits=hits, numbers=known.numbers, read_as=known.read_as)


def _hit(entry: Entry, wanted: Query) -> Hit:
    return Hit(
        page=entry.page,
        kind=entry.kind,
        title=entry.title,
        url=entry.url,
        summary=entry.summary,
        status=entry.status,
        reviewed_on=entry.reviewed_on,
        updated_on=entry.updated_on,
        sentence=_sentence(entry.text, entry.said, wanted),
    )


def matching(query: str, *, kind: str, limit: int) -> tuple[list[int], str]:
    """Pages of ``kind`` that hold everything ``query`` names, the best first, and how it was read if not as typed."""
    known = _understood(query, Part(kind=kind, limit=limit))
    return list(known.pages), known.read_as


def holding(groups: Iterable[Iterable[str]], *, limit: int) -> list[list[int]]:
    """For each group the pages that say one of its names, word by word, the best first; no word is read as another."""
    wanted = [
        Wish(word="", phrases=tuple(dict.fromkeys(phrase for name in names if (phrase := tuple(terms_of(name))))))
        for names in groups
    ]
    found = iter(engine().each(meant, limit=limit) if (meant := [wish for wish in wanted if wish.phrases]) else ())
    return [next(found) if wish.phrases else [] for wish in wanted]


def shown(pages: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Titles and addresses of live ``pages``."""
    rows = Entry.objects.filter(page__in=set(pages)).values_list("page", "title", "url")
    return {page: (title, url) for page, title, url in rows}


def is_met(query: Query, terms: str) -> bool:
    """Whether ``terms``, parted by blanks, of a text that is in no index hold everything that ``query`` names."""
    padded = f" {terms} "
    return bool(query) and all(any(needle in padded for needle in wish.needles) for wish in query)


def marked(query: Query, text: str) -> tuple[tuple[str, bool], ...]:
    """``text``, which is in no index, in pieces, each with whether it is what was looked for."""
    return _sentence(text, said_in(text), query)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Understood:
    """What is looked for, how many pages of each kind hold it, the part of them wanted, and what was read as what."""

    wanted: Query
    numbers: dict[str, int] = field(default_factory=dict)
    pages: Sequence[int] = ()
    read_as: str = ""


def _understood(query: str | Query, part: Part, *, as_typed: bool = False, marks: Sequence[str] = ()) -> _Understood:
    """``query`` as it was typed, or corrected where nothing holds it."""
    wanted = wishes(query) if isinstance(query, str) else query
    if not wanted:
        return _Understood(wanted=())
    numbers, pages = engine().found(wanted, part, marks=marks)
    if numbers:
        return _Understood(wanted=wanted, numbers=numbers, pages=pages)
    if as_typed or (corrected := _corrected(wanted, is_found_nowhere=not marks)) == wanted:
        return _Understood(wanted=wanted)
    numbers, pages = engine().found(corrected, part, marks=marks)
    if numbers:
        read_as = " ".join(wish.word for wish in corrected)
        return _Understood(wanted=corrected, numbers=numbers, pages=pages, read_as=read_as)
    return _Understood(wanted=wanted)


def _corrected(wanted: Query, *, is_found_nowhere: bool) -> Query:
    """``wanted`` with each unknown word read as the known ones nearest to it (one change; two in a long word)."""
    is_sure = is_found_nowhere and len(wanted) == 1
    may_be_mistyped = [wish for wish in wanted if len(wish.word) > 3 and wish.word.isalpha()]
    unknown = [wish for wish in may_be_mistyped if is_sure or not engine().is_known(wish)]
    if not unknown:
        return wanted
    known = list(Word.objects.values_list("word", flat=True))
    nearest = {wish.word: _nearest(wish.word, known) for wish in unknown}
    return tuple(
        replace(wish, word=near[0], phrases=tuple((stem(word),) for word in near), is_open=False)
        if (near := nearest.get(wish.word))
        else wish
        for wish in wanted
    )


def _nearest(word: str, known: Sequence[str]) -> list[str]:
    reach = 2 if len(word) >= 8 else 1
    return [found for found, _, _ in extract(word, known, scorer=OSA.distance, score_cutoff=reach, limit=NEAREST)]


def _sentence(text: str, said: str, wanted: Query) -> tuple[tuple[str, bool], ...]:
    """The sentence of ``text``, of which ``said`` are the terms, that meets the most wishes, with what meets them."""
    needles = [wish.needles for wish in wanted]
    best, most = "", -1
    number = 0
    for place, line in enumerate(said.split("\n")):
        padded = f" {line} "
        met = sum(any(needle in padded for needle in of_one) for of_one in needles)
        if met > most:
            number, best, most = place, line, met
        if most == len(needles):
            break
    terms = best.split()
    marks: set[str] = set().union(*(wish.met_by(terms) for wish in wanted))
    sentence = sentences_of(text, most=number + 1)[number]
    pieces: list[tuple[str, bool]] = []
    for piece in re.split(r"(\s+)", sentence[:LONGEST_SENTENCE]):
        marked = not marks.isdisjoint(terms_of(piece))
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = pieces[-1][0] + piece, marked
        elif piece:
            pieces.append((piece, marked))
    return tuple(pieces)
