"""The lexicon of claims: patterns, guards and macros, read from its file, proved and compiled once. Pure but for that.

Every mistake in it is told with the id of the pattern, guard or macro that is wrong, all of them at once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from .finding import Severity
from .literals import needed
from .rules import rule_of

FILE = Path(__file__).with_name("lexicon.json")
GUARDS = frozenset({"negation", "neg_after", "skeptic", "research", "question", "approved_product", "study_numbers"})
"""What ``guarding`` knows how to look for."""

_MACRO = re.compile(r"\{\{(\w+)\}\}")
_LEVELS = 3


class LexiconError(ValueError):
    """The lexicon cannot be used; ``problems`` name each pattern, guard and macro that is wrong."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    name: str
    cue: re.Pattern[str] | None = None
    pseudo: re.Pattern[str] | None = None
    not_if: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    id: str
    rule: str
    category: str
    severity: Severity
    regex: re.Pattern[str]
    needs: frozenset[str]
    guards: tuple[str, ...]
    scope: frozenset[str]
    hedge_downgrade: bool
    explanation: str
    suggestion: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lexicon:
    """Equal, and the same key of a cache, where the bytes of the file were equal."""

    version: str
    date: str
    language: str
    sha256: str
    longest: int
    hedges: re.Pattern[str]
    reporting: re.Pattern[str]
    caps: Mapping[str, tuple[Severity, frozenset[str]]]
    macros: Mapping[str, re.Pattern[str]]
    guards: Mapping[str, Guard]
    patterns: tuple[Pattern, ...]
    cases: Mapping[str, Any]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lexicon) and other.sha256 == self.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)


@cache
def packaged() -> Lexicon:
    """The lexicon that comes with the code."""
    return parse(FILE.read_bytes())


@cache
def edition() -> str:
    """SHA-256 of all that decides what the checks find, the lexicon and the rules in code: another one hears anew."""
    sources = sorted(FILE.parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in [FILE, *sources])).hexdigest()


def parse(data: bytes) -> Lexicon:
    """The lexicon in ``data``; raises ``LexiconError`` with everything that is wrong in it."""
    try:
        raw = json.loads(data)
        return _Reader(raw).read(hashlib.sha256(data).hexdigest())
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise LexiconError(f"The lexicon has not the shape it should have: {error!r}.") from error


def expanded(pattern: str, macros: Mapping[str, str]) -> str:
    """``pattern`` with its macros filled in, up to three levels deep; ``KeyError`` for an unknown one."""
    for _ in range(_LEVELS):
        pattern = _MACRO.sub(lambda name: macros[name[1]], pattern)
    if name := _MACRO.search(pattern):
        raise LexiconError(f"Macro {name[1]}: it holds itself, or more than {_LEVELS} others one in the other.")
    return pattern


class _Reader:
    """Reads one lexicon and gathers what is wrong in it."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.problems: list[str] = []

    def read(self, digest: str) -> Lexicon:
        meta = self.raw["meta"]
        macros = {name: self._regex(rf"(?<!\w)(?:{text})(?!\w)", f"Macro {name}") for name, text in self._macros()}
        guards = {name: self._guard(name, guard) for name, guard in self.raw["guards"].items()}
        patterns = [self._pattern(pattern) for pattern in self.raw["patterns"]]
        hedges = self._regex(meta["hedge_words"], "Hedge words")
        reporting = self._regex(meta["reporting_verbs"], "Reporting verbs")
        seen = [pattern["id"] for pattern in self.raw["patterns"]]
        self.problems += [
            f"Pattern {twice}: its id stands twice." for twice in sorted(set(seen)) if seen.count(twice) > 1
        ]
        if self.problems:
            raise LexiconError(*self.problems)
        return Lexicon(
            version=meta["version"],
            date=meta["date"],
            language=meta["language"],
            sha256=digest,
            longest=int(meta["max_sentence_chars"]),
            hedges=hedges,
            reporting=reporting,
            caps={scope: (cap["max"], frozenset(cap["categories"])) for scope, cap in meta["scope_caps"].items()},
            macros=macros,
            guards=guards,
            patterns=tuple(pattern for pattern in patterns if pattern is not None),
            cases=self.raw["cases"],
        )

    def _macros(self) -> list[tuple[str, str]]:
        return [(name, self._expanded(text, f"Macro {name}")) for name, text in self.raw["macros"].items()]

    def _expanded(self, text: str, whose: str) -> str:
        try:
            return expanded(text, self.raw["macros"])
        except KeyError as unknown:
            self.problems.append(f"{whose}: there is no macro {unknown}.")
        except LexiconError as error:
            self.problems.append(f"{whose}: {error}")
        return ""

    def _regex(self, text: str, whose: str) -> re.Pattern[str]:
        text = self._expanded(text, whose)
        try:
            return re.compile(text, re.IGNORECASE)
        except (re.PatternError, OverflowError) as error:
            self.problems.append(f"{whose}: it is no pattern ({error}).")
        return re.compile("(?!)")

    def _guard(self, name: str, guard: Mapping[str, str]) -> Guard:
        if name not in GUARDS:
            self.problems.append(f"Guard {name}: nobody knows how to look for it.")
        found = {
            part: self._regex(guard[part], f"Guard {name}") for part in ("cue", "pseudo", "not_if") if part in guard
        }
        if not found:
            self.problems.append(f"Guard {name}: it has no words to look for.")
        return Guard(name=name, **found)

    def _pattern(self, raw: Mapping[str, Any]) -> Pattern | None:
        whose = f"Pattern {raw['id']}"
        before = len(self.problems)
        regex = self._regex(raw["pattern"], whose)
        self.problems += [
            f"{whose}: there is no guard {name}." for name in raw["guards"] if name not in self.raw["guards"]
        ]
        if raw["severity"] not in get_args(Severity):
            self.problems.append(f"{whose}: {raw['severity']} is no severity.")
        if not rule_of(raw["id"]):
            self.problems.append(f"{whose}: it belongs to no rule.")
        if len(self.problems) > before:
            return None
        return Pattern(
            id=raw["id"],
            rule=rule_of(raw["id"]),
            category=raw["category"],
            severity=raw["severity"],
            regex=regex,
            needs=needed(regex.pattern),
            guards=tuple(raw["guards"]),
            scope=frozenset(raw["scope"]),
            hedge_downgrade=bool(raw["hedge_downgrade"]),
            explanation=raw["explanation"],
            suggestion=raw["suggestion"],
        )
