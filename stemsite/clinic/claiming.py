"""What the content checks hear in words that stand on no page of their own: wordings, profiles, menus (CL-20)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from stemsite.checks import Finding, check, packaged


def claims_in(text: str, scope: str) -> tuple[Finding, ...]:
    """Warnings and blocks; nothing is let stand here, the words are changed."""
    return tuple(finding for finding in check(text, scope, lexicon=packaged()) if finding.severity != "info")


def in_words(finding: Finding) -> str:
    return f"“{finding.sentence}” {finding.explanation} {finding.suggestion}"


def refuse_claims(row: Any, *fields: str, scope: str = "policy") -> None:
    """Raise ``ValidationError`` beside each of ``fields`` in which a block is heard; from a model's ``clean``."""
    heard = {
        name: [in_words(found) for found in claims_in(getattr(row, name), scope) if found.severity == "block"]
        for name in fields
    }
    if errors := {name: words for name, words in heard.items() if words}:
        raise ValidationError(errors)
