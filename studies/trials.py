"""What a registry says about a trial, in words, and what it says otherwise than before (EVD-55, pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .sources.base import TrialFacts

STATUS_WORDS = {
    "NOT_YET_RECRUITING": "Not yet recruiting",
    "RECRUITING": "Recruiting",
    "ENROLLING_BY_INVITATION": "Enrolling by invitation",
    "ACTIVE_NOT_RECRUITING": "Active, not recruiting",
    "COMPLETED": "Completed",
    "TERMINATED": "Stopped early",
    "WITHDRAWN": "Withdrawn before anybody took part",
    "SUSPENDED": "Paused",
    "UNKNOWN": "Unknown: the registry was not updated in time",
    "AVAILABLE": "Available outside a trial",
    "NO_LONGER_AVAILABLE": "No longer available",
    "TEMPORARILY_NOT_AVAILABLE": "Not available for now",
    "APPROVED_FOR_MARKETING": "Approved for sale",
    "WITHHELD": "Details withheld",
}
UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One thing that a registration says now, and what it said before."""

    what: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.what}: the record says now “{self.now}”, it was “{self.was}”"


def status_words(trial: TrialFacts) -> str:
    """The status as readers are told it; an unknown one with the last that was known."""
    words = STATUS_WORDS.get(trial.status, trial.status.replace("_", " ").capitalize())
    if trial.status == UNKNOWN and trial.last_known_status:
        last = STATUS_WORDS.get(trial.last_known_status, trial.last_known_status)
        words = f"{words} (last known: {last[:1].lower()}{last[1:]})"
    return words[:80]


def changes(before: TrialFacts, after: TrialFacts) -> Iterator[Changed]:
    """What staff have to know of; counters, contacts and dates of mere updates are none of it."""
    pairs = (
        ("status", status_words(before), status_words(after)),
        ("why it stopped", before.why_stopped, after.why_stopped),
        ("people", _people(before), _people(after)),
        ("results", _results(before), _results(after)),
        ("completion", _completion(before), _completion(after)),
        ("sponsor", before.sponsor, after.sponsor),
    )
    for what, was, now in pairs:
        if was != now:
            yield Changed(what=what, was=was or "not stated", now=now or "not stated")


def _people(trial: TrialFacts) -> str:
    if trial.enrollment is None:
        return ""
    kind = {"ESTIMATED": " planned", "ACTUAL": " in fact"}.get(trial.enrollment_type, "")
    return f"{trial.enrollment}{kind}"


def _results(trial: TrialFacts) -> str:
    if not trial.has_results:
        return "not posted"
    return f"posted {trial.results_posted}" if trial.results_posted else "posted"


def _completion(trial: TrialFacts) -> str:
    kind = {"ESTIMATED": " (expected)", "ACTUAL": " (done)"}.get(trial.completion_type, "")
    return f"{trial.completion}{kind}" if trial.completion else ""
