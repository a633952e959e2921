"""The content checks at the gate: what a page claims, what may stand, and the run that is kept with the step.

Blocks gate adding, never removing: a finding that stands on the live page already is told and stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from stemsite.audit.recording import record
from stemsite.checks import Block, Lexicon, check_blocks, packaged
from stemsite.checks import Finding as Heard
from stemsite.checks.finding import gravest

from .content import Content
from .families import content_of, family_of
from .gate import Finding
from .models import Override, Page, Version
from .saying import explained

GATED = ("CL-", "PL-01", "PUB-96")
"""Rules of the gate; the others are advice beside the text."""


def heard(page: Page, content: Content) -> tuple[Heard, ...]:
    """Everything the checks find in ``content``, whatever was let stand."""
    said = family_of(page).says(content)
    found = _checked(said.blocks, said.scope, packaged(), (*said.glossary, *explained()))
    return tuple(replace(one, severity="block") if _is_graver(one, said.graver) else one for one in found)


@lru_cache(maxsize=32)
def _checked(blocks: tuple[Block, ...], scope: str, lexicon: Lexicon, glossary: tuple[str, ...]) -> tuple[Heard, ...]:
    """One step asks several times of the same words: at the gate, for what is live, and to keep the run."""
    return check_blocks(blocks, scope, lexicon=lexicon, glossary=glossary)


def _is_graver(finding: Heard, graver: frozenset[str]) -> bool:
    return finding.severity == "warn" and finding.rule in graver


def claim_findings(page: Page, content: Any) -> Iterator[Finding]:
    """What the gate hears (PUB-53); once for each sentence and rule, without what somebody let stand."""
    found = [one for one in heard(page, content) if one.rule.startswith(GATED) and one.severity != "info"]
    if not found:
        return
    cleared = Override.objects.in_force(page)
    live = _on_live_page(page)
    for one in gravest(found):
        if one.fingerprint not in cleared:
            yield in_words(one, stands=one.severity == "block" and one.fingerprint in live)


def _on_live_page(page: Page) -> frozenset[str]:
    if not page.is_live or page.live_version is None:
        return frozenset()
    return frozenset(one.fingerprint for one in heard(page, content_of(page, page.live_version)))


def in_words(one: Heard, *, stands: bool = False) -> Finding:
    sentence = one.sentence if len(one.sentence) <= 200 else f"{one.sentence[:199]}…"
    live = " This stands on the live page already, so it stops nothing." if stands else ""
    return Finding(
        severity="warn" if stands else one.severity,
        message=f"“{sentence}” {one.explanation} {one.suggestion}{live}",
        field=one.surface,
        rule=one.rule,
        fingerprint=one.fingerprint,
        quote=one.sentence,
    )


def reading_findings(page: Page, content: Content) -> tuple[Finding, ...]:
    """Advice on plain language, for the panel beside the text only."""
    found = heard(page, content)
    return tuple(in_words(one) for one in found if not one.rule.startswith(GATED))


def record_run(page: Page, version: Version, step: str, *, by: Any) -> None:
    """Keep what the checks said of ``version`` at this step, by which lexicon, and what was let stand (2.2)."""
    found = heard(page, content_of(page, version))
    used = Override.objects.in_force(page)
    record(
        "content checks run",
        by=by,
        obj=page,
        note=f"{step}, {version}",
        version=version.number,
        content_hash=version.content_hash,
        lexicon=packaged().version,
        lexicon_sha256=packaged().sha256,
        findings=[_kept(one) for one in found if one.rule.startswith(GATED)],
        overrides=sorted(used[one.fingerprint] for one in found if one.fingerprint in used),
    )


def _kept(one: Heard) -> Mapping[str, object]:
    return {
        "rule": one.rule,
        "pattern": one.pattern,
        "severity": one.severity,
        "fingerprint": one.fingerprint,
        "surface": one.surface,
        "start": one.start,
        "end": one.end,
    }
