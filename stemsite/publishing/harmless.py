"""Which difference between a signed text and its draft is harmless enough to go live at once (PUB-144). Pure.

Three things are: leaving out whole sentences or sections that carry no number, source or negation and have no role
that warns; mending punctuation, blanks and capitals; changing where a link leads, or an alternative text. In doubt
the answer is no: the draft then goes to the reviewer like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from typing import Any

from stemsite.checks.normalising import normal
from stemsite.checks.words import medical_words, watched_phrases

from .content import Content, dump

PROTECTED = frozenset({"harms", "unknowns", "limits", "key points"})
"""Roles of sections of which nothing may be left out."""

_TEXTS = frozenset({"title", "summary", "heading", "html", "intro", "items", "questions", "question", "caption"})
_FREE = frozenset({"alt"})
_REST = frozenset({"sections", "pictures"})

_HREF = re.compile(r'\shref="[^"]*"')
_BLOCK = re.compile(r"(</?(?:p|li|ul|ol|h[2-6]|table|thead|tbody|tr|td|th|blockquote|br)\b[^>]*>)")
_SENTENCE = re.compile(r"(?<=[.!?…])(?=(?:[\"'”’)\]]|</\w+>)*\s)|(?<=[.!?…][\"'”’)\]])(?=\s)")
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundreds?|thousands?|millions?|half|halves|thirds?|quarters?|twice|double[ds]?|percent|"
    r"per cent|dozens?|most|majority|minority)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:no|not|none|never|neither|nor|nobody|nothing|nowhere|without|cannot|hardly|barely|rarely|only|unless|except|"
    r"lack\w*|absen\w+|fail\w*|un(?:known|proven|approved|clear|likely|safe|certain|tested)\w*|\w+n't)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\S*\d\S*")
_SIGN = re.compile(r"[+\-−–—%‰<>=≤≥±×÷/°µμ$€£~^*&@#]")


def reasons_against(before: Content, after: Content, *, terms: Iterable[str] = ()) -> tuple[str, ...]:
    """Why the step from ``before`` to ``after`` needs the reviewer, each reason once; empty when it is harmless.

    ``terms`` are names with a meaning of their own, which stay written as they are.
    """
    was, now = dump(before), dump(after)
    return tuple(dict.fromkeys((*_reasons(was, now), *_respelled(was, now, terms))))


def _respelled(before: Mapping[str, Any], after: Mapping[str, Any], terms: Iterable[str]) -> Iterator[str]:
    """Leaving sentences out takes spellings away; a spelling that the signed text did not have is a change."""
    names = [r"\W+".join(map(re.escape, words)) for name in terms if (words := _WORD.findall(name))]
    if not names:
        return
    found = re.compile(rf"\b(?:{'|'.join(sorted(names, key=len, reverse=True))})(?:s|es)?\b", re.IGNORECASE)
    old, new = (set(found.findall(_plain(" ".join(_all_texts(content))))) for content in (before, after))
    if new - old:
        yield "a term of the glossary was touched"


def _all_texts(content: Mapping[str, Any]) -> list[str]:
    return [*_strings(content), *(text for section in content.get("sections", ()) for text in _strings(section))]


def _reasons(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for field in {**before, **after}:
        was, now = before.get(field), after.get(field)
        if field in _REST or was == now:
            continue
        if field in _TEXTS:
            yield from _text(was or "", now or "", protected=True)
        else:
            yield f"“{field.replace('_', ' ')}” changed"
    if not set(after.get("pictures", ())) <= set(before.get("pictures", ())):
        yield "a picture was added or exchanged"
    yield from _sections(before.get("sections", ()), after.get("sections", ()))


def _sections(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    old, new = {section["key"]: section for section in before}, {section["key"]: section for section in after}
    if new.keys() - old.keys():
        yield "a section was added"
    if [key for key in old if key in new] != [key for key in new if key in old]:
        yield "sections changed their order"
    for key, section in old.items():
        if key in new:
            yield from _section(section, new[key])
        else:
            yield from _left_out_section(section)


def _left_out_section(section: Mapping[str, Any]) -> Iterator[str]:
    if section.get("role") in PROTECTED:
        yield f"the section “{section['role']}” cannot be left out"
    if section.get("type") in {"study", "figure", "callout"}:
        yield "a study, a figure or a call-out was left out"
    yield from _left_out(" ".join(_strings(section)))


def _section(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    protected = was.get("role") in PROTECTED or was.get("type") == "callout"
    for field in {**was, **now}:
        if was.get(field) == now.get(field) or field in _FREE:
            continue
        if field in _TEXTS:
            yield from _any_text(was.get(field), now.get(field), protected=protected)
        else:
            yield f"“{field.replace('_', ' ')}” of a section changed"


def _any_text(was: Any, now: Any, *, protected: bool) -> Iterator[str]:
    """Text, or a row of texts such as points and questions, as one text in which each stands in its own block."""
    yield from _text(_as_blocks(was), _as_blocks(now), protected=protected)


def _as_blocks(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "".join(f"<li>{' </li><li> '.join(_strings(item))}</li>" for item in value or ())


def _strings(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case list() | tuple():
            return [text for item in value for text in _strings(item)]
        case dict():
            return [text for name, item in value.items() if name in _TEXTS | _FREE for text in _strings(item)]
    return []


def _text(was: str, now: str, *, protected: bool) -> Iterator[str]:
    """Sentence by sentence: each of the new ones is one of the old, in the same order, but for harmless signs."""
    old, new = list(_units(was)), list(_units(now))
    at, left_out = 0, []
    for unit in new:
        found = next((index for index in range(at, len(old)) if _key(old[index]) == _key(unit)), None)
        if found is None:
            yield "a sentence was added or says something else"
            return
        left_out += old[at:found]
        yield from _touched(old[found], unit)
        at = found + 1
    left_out += old[at:]
    if any(not _TAG.fullmatch(unit) for unit in left_out):
        if protected:
            yield "a sentence was left out where nothing may be"
        yield from _left_out(" ".join(left_out))


def _units(html: str) -> Iterator[str]:
    """Marks of blocks, and the sentences between them, without where their links lead."""
    for part in _BLOCK.split(_HREF.sub("", html)):
        if _BLOCK.fullmatch(part):
            yield part
        else:
            yield from (sentence.strip() for sentence in _SENTENCE.split(part) if sentence.strip())


def _key(unit: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a sentence whatever their capitals, and its marks; a mark of a block is itself."""
    return tuple(_WORD.findall(_plain(unit).lower())), tuple(_TAG.findall(unit))


def _plain(unit: str) -> str:
    return normal(unescape(_TAG.sub(" ", unit)))


def _touched(was: str, now: str) -> Iterator[str]:
    """What a mended sentence must leave as it is."""
    old, new = _plain(was), _plain(now)
    if old == new:
        return
    if [figure.rstrip(".,;:!?") for figure in _FIGURE.findall(old)] != [
        figure.rstrip(".,;:!?") for figure in _FIGURE.findall(new)
    ]:
        yield "a number was touched"
    if _SIGN.findall(old) != _SIGN.findall(new):
        yield "a sign was touched"
    if _NEGATION.findall(old) != _NEGATION.findall(new) and [word.lower() for word in _NEGATION.findall(old)] != [
        word.lower() for word in _NEGATION.findall(new)
    ]:
        yield "a negation was touched"
    if any(a[1:] != b[1:] for a, b in zip(_WORD.findall(old), _WORD.findall(new), strict=False)):
        yield "capitals inside a word were touched"
    for words in (medical_words, watched_phrases):
        if words((old,)) != words((new,)):
            yield "a term of the lexicon was touched"


def _left_out(text: str) -> Iterator[str]:
    plain = _plain(text)
    if "<cite" in text:
        yield "what was left out cites a source"
    if _NUMBER.search(plain):
        yield "what was left out holds a number or an amount"
    if _NEGATION.search(plain):
        yield "what was left out holds a negation"
