"""Where a record's title stands in a printed reference, and whether it is printed as it is (pure)."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from studies.sources.base import StudyRecord

from . import names
from .folding import content_words, expanded, fold, squash, stem
from .index import Prepared, RecordIndex
from .reference import Reference


def find_title(reference: Reference, entry: Prepared) -> tuple[float, int, int]:
    """The best place of any form of the title in the reference, and how alike they are there."""
    hay, best = reference.squashed.letters, (0.0, 0, 0)
    for needle in entry.squashed_titles:
        if (place := hay.find(needle)) >= 0:
            found = (1.0, place, place + len(needle))
        elif len(needle) > len(hay):
            found = (fuzz.ratio(needle, hay) / 100, 0, len(hay))
        else:
            aligned = fuzz.partial_ratio_alignment(needle, hay, score_cutoff=60)
            found = (aligned.score / 100, aligned.dest_start, aligned.dest_end) if aligned else (0.0, 0, 0)
        if found[0] > best[0] + 1e-9:
            best = found
    start, end = reference.squashed.span(best[1], best[2])
    return (best[0], start, end) if best[0] == 1.0 else (best[0], *_snapped(reference.text, start, end))


_SENTENCE_END = re.compile(r"[.?!][\"”’)\]]?(?=\s|$)")
_SENTENCE_START = re.compile(r"(?:^|(?<=[.?!:)\]\"“‘])\s*|(?<=[\"“‘\[]))(?=[^\W_])")


def _snapped(text: str, start: int, end: int) -> tuple[int, int]:
    """A misprint shifts the end of an alignment by a letter or two: the ends of sentences near it are the ends."""
    ends = [match.start() for match in _SENTENCE_END.finditer(text, max(start + 1, end - 6), min(len(text), end + 6))]
    starts = [match.end() for match in _SENTENCE_START.finditer(text, max(0, start - 4), start + 4)]
    end = min(ends, key=lambda place: abs(place - end), default=end)
    return min(starts, key=lambda place: abs(place - start), default=start), end


def likely_title(reference: Reference, entry: Prepared, index: RecordIndex) -> tuple[int, int]:
    """The sentence that shares the most with the title; where none does, the longest but the first."""

    def shared(span: tuple[int, int]) -> float:
        return index.cover(entry, expanded(reference.text[span[0] : span[1]]))

    if not reference.sentences:
        return 0, len(reference.text)
    best = max(reference.sentences, key=shared)
    if shared(best) > 0:
        return best
    return max(reference.sentences[1:] or reference.sentences, key=lambda span: span[1] - span[0])


_NEGATIONS = {"no", "not", "without", "non", "never", "fails", "failed"}
_NUMERAL = re.compile(r"\d|^[ivx]{1,4}$")


def different_words(printed: str, entry: Prepared) -> str:
    """A number, a negation or a whole other word in a title that is otherwise the same."""
    had = [stem(word) for word in re.findall(r"[^\W_]+", fold(printed))]
    best: list[str] | None = None
    for title in entry.titles:
        has = [stem(word) for word in re.findall(r"[^\W_]+", fold(title))]
        found = _word_differences(had, has)
        if not found:
            return ""
        best = found if best is None or len(found) < len(best) else best
    return f"The title has {', '.join(best[:3])}." if best else ""


def _word_differences(had: list[str], has: list[str]) -> list[str]:
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, had, has, autojunk=False).get_opcodes():
        ours, theirs = " ".join(had[a:b]), " ".join(has[c:d])
        if kind == "equal" or squash(ours) == squash(theirs):
            continue
        numbers = any(map(_NUMERAL.search, had[a:b])) and any(map(_NUMERAL.search, has[c:d]))
        negated = {*had[a:b]} & _NEGATIONS != {*has[c:d]} & _NEGATIONS
        others = min(len(ours), len(theirs)) > 3 and fuzz.ratio(squash(ours), squash(theirs)) < 55
        if numbers or negated or others:
            found.append(f"“{ours}” instead of “{theirs}”")
    return found


def goes_on(between: str, entry: Prepared, record: StudyRecord) -> bool:
    """Whether the printed title continues beyond the record's: words between it and the journal that are no names."""
    bare = re.sub(r"[\[(][^\])]*[\])]", " ", between)
    listed = content_words(bare)
    if len(listed) < 3 or names.looks_like_names(bare) or names.mentions_author(bare, record.authors):
        return False
    known = {word for title in (*entry.titles, *record.alt_titles) for word in expanded(title)}
    return len([word for word in listed if word not in known]) >= 3
