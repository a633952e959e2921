"""What a content check hands back: where, how grave, why, and what to write instead. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["block", "warn", "info"]
Scope = Literal[
    "article", "offer", "study_summary", "citation", "form", "email", "packet", "meta", "alt", "policy"
]  # fmt: skip

GRAVITY: dict[Severity, int] = {"info": 0, "warn": 1, "block": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``start`` and ``end`` are offsets into the text as it was given, hidden characters included."""

    rule: str
    pattern: str | None = None
    category: str
    severity: Severity
    start: int
    end: int
    sentence: str
    """Normalised; of a very long one the window in which the words were found."""
    explanation: str
    suggestion: str
    surface: str
    """The key of the block, or the scope where one text was checked by itself."""
    fingerprint: str

    @property
    def order(self) -> tuple[int, str, str, int]:
        return self.start, self.rule, self.pattern or "", self.end


def fingerprint(rule: str, sentence: str) -> str:
    """What an override is bound to, besides its page: one changed character of the sentence gives another."""
    return hashlib.sha256(f"{rule}\0{sentence}".encode("utf-8", "replace")).hexdigest()


def gravest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One of each fingerprint, in the order of the first, with the gravest weight it was given."""
    kept: dict[str, Finding] = {}
    for finding in findings:
        known = kept.get(finding.fingerprint)
        if known is None or GRAVITY[finding.severity] > GRAVITY[known.severity]:
            kept[finding.fingerprint] = finding
    return tuple(kept.values())


def at_most(severity: Severity, cap: Severity) -> Severity:
    return min(severity, cap, key=GRAVITY.__getitem__)
