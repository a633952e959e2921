"""The transition table of an issue: what it lacks is neither offered nor accepted (LEAD-75)."""

from __future__ import annotations

from dataclasses import dataclass

from stemsite.access import Action

from ..models import IssueStep, NewsletterIssue

State = NewsletterIssue.State
Verb = IssueStep.Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row. ``right`` of none is the system's; ``to`` of none leaves the state as it is."""

    right: Action | None
    before: frozenset[State]
    to: State | None = None
    without_approval: frozenset[State] = frozenset()
    """Further states from which an issue that needs no approval may take this step (LEAD-137)."""


STEPS: dict[Verb, Step] = {
    Verb.EDIT: Step(
        right=Action.WRITE_ISSUES, before=frozenset({State.DRAFT, State.IN_REVIEW, State.APPROVED}), to=State.DRAFT
    ),
    Verb.SUBMIT: Step(right=Action.WRITE_ISSUES, before=frozenset({State.DRAFT}), to=State.IN_REVIEW),
    Verb.RETURN: Step(right=Action.APPROVE_ISSUES, before=frozenset({State.IN_REVIEW, State.APPROVED}), to=State.DRAFT),
    Verb.APPROVE: Step(right=Action.APPROVE_ISSUES, before=frozenset({State.IN_REVIEW}), to=State.APPROVED),
    Verb.START: Step(
        right=Action.SEND_ISSUES,
        before=frozenset({State.APPROVED}),
        to=State.SENDING,
        without_approval=frozenset({State.DRAFT}),
    ),
    Verb.RECALL: Step(right=Action.SEND_ISSUES, before=frozenset({State.SENDING}), to=State.DRAFT),
    Verb.PAUSE: Step(right=Action.SEND_ISSUES, before=frozenset({State.SENDING}), to=State.PAUSED),
    Verb.STOP: Step(right=None, before=frozenset({State.SENDING}), to=State.PAUSED),
    Verb.REAPPROVE: Step(right=Action.APPROVE_ISSUES, before=frozenset({State.PAUSED})),
    Verb.RESUME: Step(right=Action.SEND_ISSUES, before=frozenset({State.PAUSED}), to=State.SENDING),
    Verb.CANCEL: Step(
        right=Action.SEND_ISSUES,
        before=frozenset({State.DRAFT, State.IN_REVIEW, State.APPROVED, State.SENDING, State.PAUSED}),
        to=State.CANCELLED,
    ),
    Verb.FINISH: Step(right=None, before=frozenset({State.SENDING}), to=State.FINISHED),
    Verb.HOLD: Step(right=None, before=frozenset({State.SENDING})),
    Verb.CONTINUE: Step(right=Action.SEND_ISSUES, before=frozenset({State.SENDING})),
}


def is_open(issue: NewsletterIssue, verb: Verb, *, without_approval: bool = False) -> bool:
    step = STEPS[verb]
    return issue.state in step.before or (without_approval and issue.state in step.without_approval)
