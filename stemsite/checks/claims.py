"""Blunt claims in a text: the lexicon, heard sentence by sentence (CL-01 to CL-19), and hidden words (CL-21).

Pure: the same text, scope and lexicon give the same findings in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from .finding import Finding, Severity, fingerprint
from .guarding import Hit, capped, hit, weight
from .languages import is_foreign
from .lexicon import Lexicon, Pattern
from .literals import folded
from .normalising import UNSEEN, Normal, normalised
from .sentences import pieces, sentences, windows

HIDDEN = "Words are written so that people read them and a search does not: hidden, look-alike or spaced-out letters."
UNMASK = "Type the words anew, in plain letters."

_INSIDE = re.compile(rf"\w(?:{UNSEEN.pattern})+\w")
_LIGATURES = frozenset("ﬀﬁﬂﬃﬄﬅﬆªº")
"""What a typesetter's program writes for plain letters."""


def check(text: str, scope: str, *, lexicon: Lexicon) -> tuple[Finding, ...]:
    """Everything the lexicon finds in ``text``; offsets are into ``text`` as it is given."""
    found = [*claims(text, scope, lexicon=lexicon), *_language(text, scope)]
    return tuple(sorted(found, key=lambda finding: finding.order))


def claims(text: str, scope: str, *, lexicon: Lexicon) -> tuple[Finding, ...]:
    """Findings about what ``text`` says, whatever language it is in."""
    found = [
        replace(finding, start=finding.start + start, end=finding.end + start)
        for start, end in pieces(text)
        for finding in _in_piece(text[start:end], scope, lexicon)
    ]
    return tuple(sorted(found, key=lambda finding: finding.order))


@lru_cache(maxsize=8192)
def _in_piece(piece: str, scope: str, lexicon: Lexicon) -> tuple[Finding, ...]:
    """One block that reads as a whole. Kept by text, scope and the lexicon's hash."""
    found = normalised(piece)
    low = folded(found.text)
    wanted = [pattern for pattern in lexicon.patterns if _may_match(pattern, scope, low)]
    findings: list[Finding] = []
    for start, end in sentences(found.text):
        heard = list(_in_sentence(found, start, end, wanted, scope, lexicon))
        findings += heard
        findings += _disguised(piece, found, start, end, heard, scope, lexicon)
    return tuple(findings)


def _may_match(pattern: Pattern, scope: str, low: str) -> bool:
    if not pattern.scope & {"any", scope}:
        return False
    return not pattern.needs or any(word in low for word in pattern.needs)


def _in_sentence(
    found: Normal, start: int, end: int, patterns: list[Pattern], scope: str, lexicon: Lexicon
) -> Iterator[Finding]:
    judged = 0
    known: set[str] = set()
    for first, last in windows(end - start, longest=lexicon.longest):
        sentence = found.text[start + first : start + last]
        low = folded(sentence)
        for pattern in patterns:
            if pattern.id in known or (pattern.needs and not any(word in low for word in pattern.needs)):
                continue
            if (claim := _first(pattern, sentence, judged - first, scope, lexicon)) is not None:
                known.add(pattern.id)
                yield _finding(found, start + first, claim[0], pattern, claim[1], scope)
        judged = last


def _first(pattern: Pattern, sentence: str, after: int, scope: str, lexicon: Lexicon) -> tuple[Hit, Severity] | None:
    """The first match that no guard lets pass and that ends ``after`` what was judged in an earlier window."""
    for match in pattern.regex.finditer(sentence):
        if match.end() <= after:
            continue
        found = hit(sentence, match)
        if (severity := weight(found, pattern, scope, lexicon)) is not None:
            return found, severity
    return None


def _finding(found: Normal, offset: int, claim: Hit, pattern: Pattern, severity: Severity, scope: str) -> Finding:
    start, end = found.span(offset + claim.start, offset + claim.end)
    return Finding(
        rule=pattern.rule,
        pattern=pattern.id,
        category=pattern.category,
        severity=severity,
        start=start,
        end=end,
        sentence=claim.sentence,
        explanation=pattern.explanation,
        suggestion=pattern.suggestion,
        surface=scope,
        fingerprint=fingerprint(pattern.rule, claim.sentence),
    )


def _disguised(
    piece: str, found: Normal, start: int, end: int, heard: list[Finding], scope: str, lexicon: Lexicon
) -> Iterator[Finding]:
    """A word of mixed scripts, or a claim that is heard only because its letters were put right (CL-21)."""
    spans = [found.span(*word) for word in found.mixed if start <= word[0] < end]
    loud = (finding for finding in heard if finding.severity != "info")
    spans += [(finding.start, finding.end) for finding in loud if _is_hidden(piece, found, finding)]
    if spans:
        first, last = min(spans)
        sentence = found.text[start:end][: lexicon.longest]
        yield Finding(
            rule="CL-21",
            category="HIDDEN",
            severity=capped("block", "HIDDEN", scope, lexicon),
            start=first,
            end=last,
            sentence=sentence,
            explanation=HIDDEN,
            suggestion=UNMASK,
            surface=scope,
            fingerprint=fingerprint("CL-21", sentence),
        )


def _is_hidden(piece: str, found: Normal, finding: Finding) -> bool:
    """Whether letters of the claim's words were hidden, spaced out, or of another alphabet."""
    given = piece[finding.start : finding.end]
    if any(
        first < finding.end and finding.start < last
        for first, last in (found.span(*place) for place in found.disguised)
    ):
        return True
    return _INSIDE.search(given) is not None or any(_is_odd_letter(letter) for letter in given)


def _is_odd_letter(letter: str) -> bool:
    """A letter that is Latin only once it is put right, such as a full-width or a mathematical one."""
    if letter.isascii() or not letter.isalpha():
        return False
    plain = normalised(letter).text
    return plain.isascii() and plain.isalpha() and letter not in _LIGATURES


def _language(text: str, scope: str) -> Iterator[Finding]:
    if scope != "citation" and is_foreign(text):
        yield uncovered(text, scope)


def uncovered(text: str, surface: str) -> Finding:
    """The one warning for a text that the word rules cannot read."""
    sentence = normalised(text[:400]).text
    return Finding(
        rule="CL-20",
        category="LANGUAGE",
        severity="warn",
        start=0,
        end=len(text),
        sentence=sentence,
        explanation="This text is not covered by the word rules: they read English only.",
        suggestion="Have a person who reads the language check every claim in it.",
        surface=surface,
        fingerprint=fingerprint("CL-20", sentence),
    )
