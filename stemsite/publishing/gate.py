"""The gate: every check that a page passes at submit, approve, schedule and publish, in one registry (PUB-06)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from .content import Content
from .models import Page

Severity = Literal["block", "warn", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found: a sentence for staff, and where to go to mend it."""

    severity: Severity
    message: str
    field: str = ""
    """A form field's name, or a section's key."""
    rule: str = ""
    url: str = ""
    fingerprint: str = ""
    """Of a finding that somebody may let stand."""
    quote: str = ""
    """The sentence it is about, for whoever goes to mend it."""


Check = Callable[[Page, Any], Iterable[Finding]]

_checks: list[Check] = []


def register_check(check: Check) -> Check:
    """Add ``check`` to the registry; it is pure but for reading what the content refers to."""
    if check not in _checks:
        _checks.append(check)
    return check


def findings(page: Page, content: Content) -> tuple[Finding, ...]:
    """All findings on ``content``, in the order in which the checks were registered."""
    return tuple(finding for check in _checks for finding in check(page, content))


class Refused(Exception):
    """An expected refusal: nothing was changed, and ``findings`` say what to do."""

    def __init__(self, *found: Finding | str) -> None:
        self.findings = tuple(
            Finding(severity="block", message=item) if isinstance(item, str) else item for item in found
        )
        super().__init__(" ".join(finding.message for finding in self.findings))


class Stale(Refused):
    """The step was taken from a page that has moved on (PUB-51)."""


def require(page: Page, content: Content, *besides: Finding) -> None:
    """Raise ``Refused`` with all blocking findings at once, and what else is known to be missing ``besides``."""
    blocking = [finding for finding in (*findings(page, content), *besides) if finding.severity == "block"]
    if blocking:
        raise Refused(*blocking)
