"""What the checks say of a text, for the panel beside it: findings, measures, hardest sentences, outline (PUB-36)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stemsite.checks.block import Block
from stemsite.checks.finding import GRAVITY
from stemsite.checks.plain import reading, sentences_of
from stemsite.checks.plain_rules import is_prose

from .claiming import reading_findings
from .content import Content
from .families import family_of
from .gate import Finding, findings
from .models import Page
from .saying import Said

WORDS_A_MINUTE = 200
"""Of somebody who reads about their health, and stops to think."""

_SUBJECTS = (
    ("CL-", "Claims"),
    ("PL-08", "Missing"),
    ("PL-", "Plain language"),
    ("PUB-96", "Headings and links"),
    ("PUB-100", "Pictures"),
    ("PUB-54", "Sources"),
    ("PUB-92", "Sources"),
    ("PUB-24", "Sources"),
    ("EVD-", "Sources"),
    ("EV-", "Sources"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words of the page, and the field or section in which they stand."""

    words: str
    field: str
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    measures: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    """Those of the gate and the advice beside it, the gravest first."""
    hardest: tuple[Passage, ...]
    outline: tuple[Passage, ...]
    alts: tuple[Passage, ...]


def panel(page: Page, content: Content) -> Panel:
    said = family_of(page).says(content)
    prose = [block for block in said.blocks if is_prose(block, said.scope)]
    found = (*findings(page, content), *reading_findings(page, content))
    return Panel(
        measures=tuple(_measures(said, prose)),
        findings=tuple(sorted(found, key=lambda one: -GRAVITY[one.severity])),
        hardest=tuple(_hardest(prose)),
        outline=tuple(
            Passage(words=block.text, field=block.key, level=block.level)
            for block in said.blocks
            if block.kind == "heading" and block.level
        ),
        alts=tuple(Passage(words=block.text, field=block.key) for block in said.blocks if block.scope == "alt"),
    )


def subject_of(finding: Finding) -> str:
    """Under which word the panel tells of ``finding``."""
    return next((words for rule, words in _SUBJECTS if finding.rule.startswith(rule)), "Missing")


def _measures(said: Said, prose: Sequence[Block]) -> Iterator[tuple[str, str]]:
    read = reading((block.text for block in prose), frozenset(term.lower() for term in said.glossary))
    body = [block for block in said.blocks if not block.scope or block.scope == said.scope]
    marks = sum(len(block.citations) for block in body)
    sources = sum(block.scope == "citation" and block.kind == "item" for block in said.blocks)
    yield "Words", f"{read.words:,}"
    yield "Reading time", _minutes(read.words)
    yield "Reading grade", _grade(read.grade, read.adjusted)
    yield "Headings", str(sum(block.kind == "heading" for block in body))
    yield "Links", str(sum(len(block.links) for block in body))
    yield "Texts for pictures", str(sum(block.scope == "alt" for block in said.blocks))
    yield "Citations", f"{marks} of {sources} {'source' if sources == 1 else 'sources'}" if marks else "none"


def _minutes(words: int) -> str:
    minutes = max(1, round(words / WORDS_A_MINUTE))
    return f"about {minutes} {'minute' if minutes == 1 else 'minutes'}" if words else "none yet"


def _grade(grade: float | None, adjusted: float | None) -> str:
    if grade is None or adjusted is None:
        return "too few words to tell"
    raw = f", {grade:.1f} with its names and terms" if round(grade, 1) != round(adjusted, 1) else ""
    return f"{adjusted:.1f}{raw}"


def _hardest(prose: Sequence[Block]) -> Iterator[Passage]:
    homes = {sentence: block.key for block in reversed(prose) for sentence in sentences_of(block.text)}
    for sentence in reading(block.text for block in prose).hardest:
        yield Passage(words=sentence, field=homes[sentence])
