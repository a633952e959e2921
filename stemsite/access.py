"""Who may do what: the five roles, and the one question ``can(user, action, obj)``.

Roles are Django groups of the same name, so they are given and taken in the admin. Roles add
up. Nobody bypasses ``can``: neither owner nor superuser. The table is that of the publishing
specification, section 2; where two people are the whole team, author and reviewer may do a little
more (PUB-146). Conditions that depend on a page's state (a valid signature, not the sole author)
are guards of the workflow, not rights.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Protocol


class Role(StrEnum):
    AUTHOR = "Author"
    REVIEWER = "Medical reviewer"
    PUBLISHER = "Publisher"
    COORDINATOR = "Lead coordinator"
    OWNER = "Owner"


PRESETS: dict[str, tuple[Role, ...]] = {
    "Editor": (Role.AUTHOR, Role.PUBLISHER, Role.COORDINATOR, Role.OWNER),
    "Clinician": (Role.REVIEWER,),
}


class Action(StrEnum):
    CREATE = "create"
    EDIT = "edit"
    VIEW = "view"
    """See drafts: preview, diff, history."""
    SUBMIT = "submit"
    SIGN = "sign"
    REQUEST_CHANGES = "request changes"
    PUBLISH = "publish"
    FORCE_PUBLISH = "force publish"
    CLEAR_CLAIMS = "let findings of the content checks stand"
    """The compliance permission."""
    SECOND_LOOK = "give the second look after a forced publication"
    WITHDRAW = "withdraw"
    TRASH = "move to the trash and back"
    PURGE = "empty the trash"
    SEE_LIBRARY = "see the library"
    """References, conditions, treatments, pictures, people and wordings, with their uses."""
    ADD_TO_LIBRARY = "add to the library"
    EDIT_LIBRARY = "edit the study library"
    EDIT_TERMS = "edit conditions, treatments and topics"
    VERIFY_SOURCES = "record what happened to a source"
    EDIT_FRAME = "edit menu, home and footer"
    EDIT_REDIRECTS = "edit redirects"
    ASSIGN = "assign keeper and reviewer to many pages"
    EDIT_WORDINGS = "edit notices and disclaimers"
    EDIT_CLINIC = "edit clinic settings"
    MANAGE_STAFF = "manage staff"
    SEE_ISSUES = "see newsletter issues"
    """Text and counts, never a recipient."""
    WRITE_ISSUES = "write newsletter issues"
    APPROVE_ISSUES = "approve newsletter issues"
    SEND_ISSUES = "send newsletter issues"
    SEND_UNBELIEVED = "send a newsletter issue although receivers may not believe whom it comes from"
    SEE_LEADS = "see leads"
    SEE_FIGURES = "see how many people ask"
    """Numbers in steps of five, without any under five; exact ones need ``SEE_LEADS``."""
    EXPORT_LEADS = "export leads"
    ERASE_LEADS = "erase leads"
    IMPORT_LEADS = "import leads"
    SEE_MAIL = "see mail"
    LIFT_SUPPRESSION = "let an address be written to again"
    SEE_NOTICES = "see one's own notices"
    READ_AUDIT = "read audit"
    SEE_JOBS = "see background work"


ANY: frozenset[Role] = frozenset(Role)
EDITORIAL: frozenset[Role] = frozenset({Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER, Role.OWNER})

_RIGHTS: dict[Action, frozenset[Role]] = {
    Action.CREATE: frozenset({Role.AUTHOR, Role.PUBLISHER, Role.OWNER}),
    Action.EDIT: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.VIEW: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.SUBMIT: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.SIGN: frozenset({Role.REVIEWER}),
    Action.REQUEST_CHANGES: frozenset({Role.REVIEWER, Role.PUBLISHER, Role.OWNER}),
    Action.PUBLISH: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.FORCE_PUBLISH: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.CLEAR_CLAIMS: frozenset({Role.OWNER}),
    Action.SECOND_LOOK: frozenset({Role.REVIEWER, Role.PUBLISHER, Role.OWNER}),
    Action.WITHDRAW: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.TRASH: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.PURGE: frozenset({Role.OWNER}),
    Action.SEE_LIBRARY: EDITORIAL,
    Action.ADD_TO_LIBRARY: frozenset({Role.AUTHOR, Role.PUBLISHER, Role.OWNER}),
    Action.EDIT_LIBRARY: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.EDIT_TERMS: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.VERIFY_SOURCES: frozenset({Role.REVIEWER, Role.PUBLISHER, Role.OWNER}),
    Action.EDIT_FRAME: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.EDIT_REDIRECTS: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.ASSIGN: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.EDIT_WORDINGS: frozenset({Role.OWNER}),
    Action.EDIT_CLINIC: frozenset({Role.OWNER}),
    Action.MANAGE_STAFF: frozenset({Role.OWNER}),
    Action.SEE_ISSUES: EDITORIAL,
    Action.WRITE_ISSUES: frozenset({Role.AUTHOR, Role.PUBLISHER, Role.OWNER}),
    Action.APPROVE_ISSUES: frozenset({Role.REVIEWER, Role.PUBLISHER, Role.OWNER}),
    Action.SEND_ISSUES: frozenset({Role.PUBLISHER, Role.OWNER}),
    Action.SEND_UNBELIEVED: frozenset({Role.OWNER}),
    Action.SEE_LEADS: frozenset({Role.COORDINATOR, Role.OWNER}),
    Action.SEE_FIGURES: ANY,
    Action.EXPORT_LEADS: frozenset({Role.COORDINATOR, Role.OWNER}),
    Action.ERASE_LEADS: frozenset({Role.OWNER}),
    Action.IMPORT_LEADS: frozenset({Role.OWNER}),
    Action.SEE_MAIL: frozenset({Role.COORDINATOR, Role.OWNER}),
    Action.LIFT_SUPPRESSION: frozenset({Role.OWNER}),
    Action.SEE_NOTICES: ANY,
    Action.READ_AUDIT: ANY,
    Action.SEE_JOBS: frozenset({Role.PUBLISHER, Role.OWNER}),
}

# Whom the owner may give the compliance permission by name (content checks, 2.3).
_MAY_BE_GIVEN: frozenset[Role] = frozenset({Role.PUBLISHER, Role.REVIEWER})

# What an author may do with pages, sources and pictures that are their own.
_OWN: frozenset[Action] = frozenset({Action.EDIT, Action.VIEW, Action.SUBMIT, Action.TRASH, Action.EDIT_LIBRARY})

# What a medical reviewer may do with the pages that are theirs to review.
_TO_REVIEW: frozenset[Action] = frozenset({Action.VIEW})


# What ``review_policy=two_people`` adds: either of the two publishes, and a reviewer sees and mends every text.
_TWO_PEOPLE: dict[Action, frozenset[Role]] = {
    Action.VIEW: frozenset({Role.REVIEWER}),
    Action.EDIT: frozenset({Role.REVIEWER}),
    Action.SUBMIT: frozenset({Role.REVIEWER}),
    Action.PUBLISH: frozenset({Role.REVIEWER}),
    Action.WRITE_ISSUES: frozenset({Role.REVIEWER}),
    Action.SEND_ISSUES: frozenset({Role.REVIEWER}),
}
_TWO_PEOPLE_OWN: frozenset[Action] = frozenset({Action.PUBLISH})

_policies: list[Callable[[], bool]] = []


def register_policy(is_two_people: Callable[[], bool]) -> None:
    """Set who knows the clinic's review policy, from ``ready()``."""
    _policies[:] = [is_two_people]


_IN_EMERGENCY: frozenset[Action] = frozenset({Action.SEE_LEADS})
"""What a member of staff may do for an hour whom the owner named for emergencies (LEAD-112)."""

_emergencies: list[Callable[[Any], bool]] = []


def register_emergency(is_open: Callable[[Any], bool]) -> None:
    """Set who knows whether somebody works under emergency access, from ``ready()``."""
    _emergencies[:] = [is_open]


class Owned(Protocol):
    def is_own(self, user: Any) -> bool: ...

    def is_for_review_by(self, user: Any) -> bool: ...


def roles_of(user: Any) -> frozenset[Role]:
    """The roles of an active member of staff; nobody else has any. One query per user object."""
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return frozenset()
    cached: frozenset[Role] | None = getattr(user, "_roles", None)
    if cached is None:
        known = {role.value for role in Role}
        names = user.groups.values_list("name", flat=True)
        cached = user._roles = frozenset(Role(name) for name in names if name in known)
    return cached


def can(user: Any, action: Action, obj: Any = None) -> bool:
    """Whether ``user`` may do ``action``, on ``obj`` where one is given.

    Without ``obj`` the answer is whether any object could pass, which decides what is offered.
    """
    roles = roles_of(user)
    if roles & _RIGHTS[action]:
        return True
    if action is Action.CLEAR_CLAIMS and roles & _MAY_BE_GIVEN and getattr(user, "clears_claims", False):
        return True
    if Role.AUTHOR in roles and action in _OWN and _says(obj, "is_own", user):
        return True
    by_policy = bool(roles & _TWO_PEOPLE.get(action, frozenset())) or (
        Role.AUTHOR in roles and action in _TWO_PEOPLE_OWN and _says(obj, "is_own", user)
    )
    if by_policy and any(is_two_people() for is_two_people in _policies):
        return True
    if action in _IN_EMERGENCY and roles and any(is_open(user) for is_open in _emergencies):
        return True
    return Role.REVIEWER in roles and action in _TO_REVIEW and _says(obj, "is_for_review_by", user)


def _says(obj: Any, question: str, user: Any) -> bool:
    """What ``obj`` answers about ``user``; without one, whether any could say yes."""
    answer: Callable[[Any], bool] | None = getattr(obj, question, None)
    return obj is None or (answer is not None and answer(user))
