"""The transition table: which verb leads from where to where. What it lacks is neither offered nor accepted."""

from __future__ import annotations

from dataclasses import dataclass

from stemsite.access import Action

from .models import Page, Transition

Draft = Page.DraftState
Public = Page.PublicState
Verb = Transition.Verb

ANY_DRAFT = frozenset(Draft)
ANY_PUBLIC = frozenset(Public)
WORKING = frozenset({Draft.DRAFT, Draft.CHANGES_REQUESTED})
AT_REST = frozenset({Draft.DRAFT, Draft.CHANGES_REQUESTED, Draft.APPROVED})
OFF = frozenset({Public.NOTHING, Public.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row of the table; ``to_*`` of none leaves that state as it is."""

    right: Action
    from_draft: frozenset[Draft] = ANY_DRAFT
    from_public: frozenset[Public] = ANY_PUBLIC
    to_draft: Draft | None = None
    to_public: Public | None = None
    for_exempt: frozenset[Draft] = frozenset()
    """Further draft states from which a page that needs no clinician may take this step (PUB-142)."""
    in_trash: bool = False
    """Whether it is taken from the trash; from there no other step leads anywhere."""


STEPS: dict[Verb, Step] = {
    Verb.EDIT: Step(right=Action.EDIT, from_draft=frozenset({Draft.APPROVED}), to_draft=Draft.DRAFT),
    Verb.SUBMIT: Step(right=Action.SUBMIT, from_draft=WORKING, to_draft=Draft.IN_REVIEW),
    Verb.RECALL: Step(right=Action.SUBMIT, from_draft=frozenset({Draft.IN_REVIEW}), to_draft=Draft.DRAFT),
    Verb.REQUEST_CHANGES: Step(
        right=Action.REQUEST_CHANGES,
        from_draft=frozenset({Draft.IN_REVIEW, Draft.APPROVED}),
        to_draft=Draft.CHANGES_REQUESTED,
    ),
    Verb.SIGN: Step(right=Action.SIGN, from_draft=frozenset({Draft.IN_REVIEW}), to_draft=Draft.APPROVED),
    Verb.CONFIRM: Step(right=Action.SIGN, from_draft=frozenset({Draft.IN_REVIEW}), to_draft=Draft.APPROVED),
    Verb.COUNTERSIGN: Step(right=Action.EDIT, from_draft=frozenset({Draft.IN_REVIEW, Draft.APPROVED})),
    Verb.SCHEDULE: Step(
        right=Action.PUBLISH,
        from_draft=frozenset({Draft.APPROVED}),
        to_draft=Draft.SCHEDULED,
        for_exempt=WORKING,
    ),
    Verb.CANCEL: Step(right=Action.PUBLISH, from_draft=frozenset({Draft.SCHEDULED}), to_draft=Draft.APPROVED),
    Verb.FAIL: Step(right=Action.PUBLISH, from_draft=frozenset({Draft.SCHEDULED}), to_draft=Draft.APPROVED),
    Verb.PUBLISH: Step(
        right=Action.PUBLISH,
        from_draft=frozenset({Draft.APPROVED, Draft.SCHEDULED}),
        to_draft=Draft.DRAFT,
        to_public=Public.LIVE,
        for_exempt=WORKING,
    ),
    Verb.WITHDRAW: Step(right=Action.WITHDRAW, from_public=frozenset({Public.LIVE}), to_public=Public.WITHDRAWN),
    Verb.RESTORE: Step(right=Action.WITHDRAW, from_public=frozenset({Public.WITHDRAWN}), to_public=Public.LIVE),
    Verb.REVIEW: Step(right=Action.SIGN, from_public=frozenset({Public.LIVE})),
    Verb.FORCE: Step(
        right=Action.FORCE_PUBLISH,
        from_draft=WORKING | {Draft.IN_REVIEW, Draft.APPROVED},
        to_draft=Draft.DRAFT,
        to_public=Public.LIVE,
    ),
    Verb.CLEAR: Step(right=Action.SECOND_LOOK),
    Verb.CORRECT: Step(right=Action.PUBLISH, from_draft=WORKING, from_public=frozenset({Public.LIVE})),
    Verb.CONFIRM_CORRECTION: Step(right=Action.SIGN, from_public=frozenset({Public.LIVE})),
    Verb.UNDO: Step(right=Action.PUBLISH, from_draft=WORKING, from_public=frozenset({Public.LIVE})),
    Verb.TRASH: Step(right=Action.TRASH, from_draft=AT_REST, from_public=OFF),
    Verb.UNTRASH: Step(right=Action.TRASH, from_draft=AT_REST, from_public=OFF, in_trash=True),
}


def is_open(page: Page, verb: Verb, *, exempt: bool = False) -> bool:
    """Whether the table has ``verb`` for a page in this state."""
    step = STEPS[verb]
    drafts = step.from_draft | (step.for_exempt if exempt else frozenset())
    stands = page.draft_state in drafts and page.public_state in step.from_public
    return stands and page.is_trashed == step.in_trash
