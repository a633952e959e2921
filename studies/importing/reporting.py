"""What an import holds and what became of it, in numbers that add up to what was found (EVD-13, EVD-16)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from studies.models import ImportBatch, ImportRow

State, Decision, Outcome = ImportRow.State, ImportRow.Decision, ImportRow.Outcome
UNREADABLE = frozenset({State.FAILED, State.INCOMPLETE, State.NOT_FOUND, State.NOT_CHECKED})
_DONE = (Outcome.CREATED, Outcome.MERGED, Outcome.UNCHANGED, Outcome.SKIPPED)
_WORDS = {
    State.NEW: ("new source", "new sources"),
    State.FILLS: ("known source filled", "known sources filled"),
    State.UNCHANGED: ("known source with nothing to add", "known sources with nothing to add"),
    State.DIFFERS: ("known source whose differences wait", "known sources whose differences wait"),
    State.REPEATED: ("repeated record", "repeated records"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Counts by state, and by what became of the rows; ``waiting`` is for people, ``decided`` for Apply."""

    states: dict[str, int]
    outcomes: dict[str, int]
    decided: int
    undecided: int
    will: tuple[str, ...]

    @property
    def total(self) -> int:
        return sum(self.outcomes.values())


def report(batch: ImportBatch) -> Report:
    rows = batch.rows.values_list("state", "decision", "outcome").annotate(number=Count("pk"))
    states: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    doing: Counter[str] = Counter()
    decided = undecided = 0
    for state, decision, outcome, number in rows:
        states[state] += number
        outcomes[_became(state, outcome)] += number
        if outcome in (Outcome.NONE, Outcome.UNDONE, Outcome.FAILED) and state not in UNREADABLE:
            decided += number if decision else 0
            undecided += number if not decision and state in _WORDS else 0
            doing[_doing(state, decision)] += number if decision else 0
    will = tuple(_counted(key, number) for key, number in doing.items() if number)
    return Report(states=dict(states), outcomes=dict(outcomes), decided=decided, undecided=undecided, will=will)


def _became(state: str, outcome: str) -> str:
    if outcome in _DONE:
        return outcome
    if outcome == Outcome.FAILED or state in UNREADABLE:
        return "failed"
    return "waiting"


def _doing(state: str, decision: str) -> str:
    if decision == Decision.SKIP:
        return "skip"
    if state == State.PROBABLE:
        return State.NEW if decision == Decision.NEW else State.FILLS
    return state


def _counted(key: str, number: int) -> str:
    if key == "skip":
        return f"{number} skipped"
    one, many = _WORDS.get(State(key), ("record", "records"))
    return f"{number} {one if number == 1 else many}"
