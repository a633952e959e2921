"""What no pattern says outright: a therapy and a benefit in one sentence, without a source (CL-90). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .block import Block
from .finding import Finding, Severity, fingerprint
from .guarding import is_question
from .lexicon import Lexicon
from .normalising import normalised
from .sentences import pieces, sentences

BENEFITS = re.compile(
    r"\b(?:relief|recover(?:y|ies)|function(?:ing)?|strength|mobility|speech|independence|survival|healing|improvements?"
    r"|benefits?|wellness|vitality|energy|comfort|quality of life|longer (?:life|lives)|movement|hope|results?)\b",
    re.IGNORECASE,
)
NOT_APPROVED = re.compile(
    r"\b(?:not (?:\w+ ){0,2}?(?:FDA[- ])?approved|not FDA|unapproved|never (?:been )?approved|experimental|unproven"
    r"|investigational|no (?:\w+ ){0,4}?(?:is|are|has been|have been) (?:FDA[- ])?approved|no FDA[- ]approved"
    r"|no (?:proof|evidence)|not (?:\w+ )?(?:proven|shown)"
    r"|(?:cannot|can't|could not|does not|do not|did not) (?:show|tell|say|prove|know)(?: us)?)\b",
    re.IGNORECASE,
)
_QUIET = frozenset({"title", "heading", "button", "label", "alt"})
"""Names of things rather than sentences; on a page of offers they are read all the same."""


def side_by_side(block: Block, scope: str, heard: Sequence[Finding], *, lexicon: Lexicon) -> Iterator[Finding]:
    """A sentence about a therapy and a benefit that names no source; one that a rule already spoke of is left out."""
    if scope == "citation" or (block.kind in _QUIET and scope != "offer"):
        return
    told = {finding.sentence for finding in heard if finding.severity != "info"}
    for start, end in pieces(block.text):
        found = normalised(block.text[start:end])
        for first, last in sentences(found.text):
            sentence = found.text[first:last]
            if sentence in told or not is_oblique(sentence, lexicon):
                continue
            begin, finish = (offset + start for offset in found.span(first, last))
            if not any(begin < citation <= finish + 1 for citation in block.citations):
                yield _finding(block.key, scope, begin, finish, sentence[: lexicon.longest])


def is_oblique(sentence: str, lexicon: Lexicon) -> bool:
    macros, guards = lexicon.macros, lexicon.guards
    if not (macros["THERAPY"].search(sentence) or macros["OURS"].search(sentence)):
        return False
    if not (BENEFITS.search(sentence) or macros["DISEASE"].search(sentence) or macros["OUTCOME"].search(sentence)):
        return False
    cues = [guards[name].cue for name in ("research", "skeptic")]
    excused = NOT_APPROVED.search(sentence) or any(cue and cue.search(sentence) for cue in cues)
    return not excused and not is_question(sentence, lexicon)


def _finding(key: str, scope: str, start: int, end: int, sentence: str) -> Finding:
    severity: Severity = "block" if scope == "offer" else "warn"
    return Finding(
        rule="CL-90",
        category="OBLIQUE",
        severity=severity,
        start=start,
        end=end,
        sentence=sentence,
        explanation="Names a therapy and an illness or a benefit in one sentence, without a source.",
        suggestion="Cite the source, say that it is being studied, or say why this is no claim.",
        surface=key,
        fingerprint=fingerprint("CL-90", sentence),
    )
