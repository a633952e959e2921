"""Whether the words around a match take the claim out of it: a denial, a warning, a question, a study. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .finding import Severity, at_most
from .lexicon import Guard, Lexicon, Pattern

BACK = 90
AFTER = 60

_CLAUSE_ENDS = re.compile(r"[;:]|\b(?:but|however|although)\b|, (?:so|and|it)\b", re.IGNORECASE)
_OURS = re.compile(r"\b(?:ours?|we)\b", re.IGNORECASE)
_REPORTED = frozenset({"TREAT", "REGEN"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One match of a pattern in a sentence: the whole match, and the trigger in it."""

    sentence: str
    start: int
    end: int
    trigger: int
    trigger_end: int


def hit(sentence: str, match: re.Match[str]) -> Hit:
    groups = match.re.groupindex
    for name in ("k", "k2"):
        if name in groups and match.start(name) >= 0:
            trigger = match.span(name)
            break
    else:
        trigger = match.span()
    return Hit(sentence=sentence, start=match.start(), end=match.end(), trigger=trigger[0], trigger_end=trigger[1])


def weight(found: Hit, pattern: Pattern, scope: str, lexicon: Lexicon) -> Severity | None:
    """How grave ``found`` is once everything around it is heard; nothing where a guard lets it pass."""
    severity = pattern.severity
    for name in pattern.guards:
        if name == "question":
            severity = at_most(severity, "info") if is_question(found.sentence, lexicon) else severity
        elif _LOOKS[name](found, lexicon.guards[name]):
            return None
    before = found.sentence[: found.trigger]
    if pattern.hedge_downgrade and severity == "block" and lexicon.hedges.search(before):
        severity = "warn"
    if pattern.category in _REPORTED and lexicon.reporting.search(before):
        severity = at_most(severity, "warn")
    return capped(severity, pattern.category, scope, lexicon)


def capped(severity: Severity, category: str, scope: str, lexicon: Lexicon) -> Severity:
    """In a list of sources nothing weighs more than a note; elsewhere the lexicon says what is capped."""
    if scope == "citation":
        return at_most(severity, "info")
    cap, categories = lexicon.caps.get(scope, ("block", frozenset()))
    return at_most(severity, cap) if category in categories else severity


def is_question(sentence: str, lexicon: Lexicon) -> bool:
    """A real question, which says nothing; “Ready to walk again?” is none."""
    guard = lexicon.guards["question"]
    promotes = guard.not_if is not None and guard.not_if.search(sentence)
    return sentence.rstrip("\"')] ").endswith("?") and not promotes


def _negated(found: Hit, guard: Guard) -> bool:
    sentence = found.sentence
    if guard.pseudo is not None:
        sentence = guard.pseudo.sub(lambda words: "_" * len(words[0]), sentence)
    clause = _CLAUSE_ENDS.split(sentence[max(0, found.trigger - BACK) : found.trigger])[-1]
    return _cued(guard, clause)


def _denied_after(found: Hit, guard: Guard) -> bool:
    return _cued(guard, found.sentence[found.trigger_end : found.trigger_end + AFTER])


def _before(found: Hit, guard: Guard) -> bool:
    return _cued(guard, found.sentence[: found.trigger])


def _anywhere(found: Hit, guard: Guard) -> bool:
    return _cued(guard, found.sentence)


def _approved(found: Hit, guard: Guard) -> bool:
    return not _OURS.search(found.sentence) and _cued(guard, found.sentence)


def _cued(guard: Guard, words: str) -> bool:
    return guard.cue is not None and guard.cue.search(words) is not None


_LOOKS = {
    "negation": _negated,
    "neg_after": _denied_after,
    "skeptic": _anywhere,
    "research": _before,
    "study_numbers": _anywhere,
    "approved_product": _approved,
}
