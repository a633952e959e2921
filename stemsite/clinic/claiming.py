"""What the content checks hear in the clinic's own words: notices, consents, texts of forms (CL-20, LEAD-74)."""

from __future__ import annotations

from stemsite.checks import Finding, check, packaged


def claims_in(text: str, scope: str) -> tuple[Finding, ...]:
    """Warnings and blocks; nothing is let stand here, the words are changed."""
    return tuple(finding for finding in check(text, scope, lexicon=packaged()) if finding.severity != "info")


def in_words(finding: Finding) -> str:
    return f"“{finding.sentence}” {finding.explanation} {finding.suggestion}"
