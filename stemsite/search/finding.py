"""Finding live pages by words, names and identifiers; a word nobody wrote is read as the nearest one somebody did."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from .engines import engine
from .models import Entry, Word
from .queries import Wish, wishes
from .words import stem, terms_of

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
    query: str,
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
    wanted, numbers, read_as = _understood(query, as_typed=as_typed, marks=marks)
    pages = engine().matching(wanted, kind=kind, limit=limit, start=start, marks=marks) if numbers else []
    entries = Entry.objects.in_bulk(pages, field_name="page")
    hits = tuple(_hit(entries[page], wanted) for page in pages if page in entries)
    return Found(hits=hits, numbers=numbers, read_as=read_as)


def _hit(entry: Entry, wanted: Sequence[Wish]) -> Hit:
    return Hit(
        page=entry.page,
        kind=entry.kind,
        title=entry.title,
        url=entry.url,
        summary=entry.summary,
        status=entry.status,
        reviewed_on=entry.reviewed_on,
        updated_on=entry.updated_on,
        sentence=_sentence(entry.text, wanted),
    )


def matching(query: str, *, kind: str, limit: int) -> tuple[list[int], str]:
    """Pages of ``kind`` that hold everything ``query`` names, the best first, and how it was read if not as typed."""
    wanted, numbers, read_as = _understood(query)
    return (engine().matching(wanted, kind=kind, limit=limit) if numbers.get(kind) else []), read_as


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


def meeting(query: str, texts: Sequence[str]) -> list[bool]:
    """Which of ``texts``, which are in no index, hold everything that ``query`` names."""
    wanted = wishes(query)
    return [bool(wanted) and all(_met(wish, terms) for wish in wanted) for terms in map(terms_of, texts)]


def marked(query: str, text: str) -> tuple[tuple[str, bool], ...]:
    """``text``, which is in no index, in pieces, each with whether it is what was looked for."""
    return _sentence(text, wishes(query))


def _understood(
    query: str, *, as_typed: bool = False, marks: Sequence[str] = ()
) -> tuple[tuple[Wish, ...], dict[str, int], str]:
    """What is looked for, how many pages of each kind hold it, and the corrected words where none held those typed."""
    wanted = wishes(query)
    if not wanted:
        return (), {}, ""
    if numbers := engine().numbers(wanted, marks=marks):
        return wanted, numbers, ""
    if as_typed or (corrected := _corrected(wanted)) == wanted:
        return wanted, {}, ""
    if numbers := engine().numbers(corrected, marks=marks):
        return corrected, numbers, " ".join(wish.word for wish in corrected)
    return wanted, {}, ""


def _corrected(wanted: Sequence[Wish]) -> tuple[Wish, ...]:
    """``wanted`` with each unknown word read as the known ones nearest to it (one change; two in a long word)."""
    unknown = [wish for wish in wanted if len(wish.word) > 3 and wish.word.isalpha() and not engine().numbers([wish])]
    if not unknown:
        return tuple(wanted)
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


def _sentence(text: str, wanted: Sequence[Wish]) -> tuple[tuple[str, bool], ...]:
    """The sentence of ``text`` that meets the most wishes, with the words that meet them marked."""
    best: tuple[str, set[str]] = "", set()
    most = -1
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        met = [terms for wish in wanted if (terms := _met(wish, terms_of(sentence)))]
        if len(met) > most:
            most, best = len(met), (sentence, set().union(*met))
        if most == len(wanted):
            break
    sentence, marks = best
    pieces: list[tuple[str, bool]] = []
    for piece in re.split(r"(\s+)", sentence[:LONGEST_SENTENCE]):
        marked = not marks.isdisjoint(terms_of(piece))
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = pieces[-1][0] + piece, marked
        elif piece:
            pieces.append((piece, marked))
    return tuple(pieces)


def _met(wish: Wish, terms: Sequence[str]) -> set[str]:
    """Those of ``terms`` that meet ``wish``: one of its phrases as a whole, or what its open word begins."""
    said = f" {' '.join(terms)} "
    met = {term for phrase in wish.phrases if f" {' '.join(phrase)} " in said for term in phrase}
    return met | {term for term in terms if wish.is_open and term.startswith(wish.word)}
