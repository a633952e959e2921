"""Which steps stand open for whom: table, right and people asked before anything is pressed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from stemsite.access import can

from .claiming import reading_findings
from .commenting import require_settled
from .families import content_of
from .gate import Finding, Refused, findings
from .guards import (
    is_exempt,
    require_not_live_already,
    require_not_sole_writer,
    require_others_words,
    require_publishable,
    require_reviewed_by,
    reviewer_profile,
)
from .models import Page, Schedule, Version
from .second_look import require_corrected, require_forced, require_harmless
from .steps import STEPS, Draft, Verb, is_open
from .trash import require_discardable
from .versions import frozen

ORDER = (
    Verb.UNDO,
    Verb.SIGN,
    Verb.CONFIRM,
    Verb.PUBLISH,
    Verb.SUBMIT,
    Verb.COUNTERSIGN,
    Verb.REQUEST_CHANGES,
    Verb.SCHEDULE,
    Verb.CANCEL,
    Verb.RECALL,
    Verb.REVIEW,
    Verb.WITHDRAW,
    Verb.RESTORE,
    Verb.CORRECT,
    Verb.CONFIRM_CORRECTION,
    Verb.CLEAR,
    Verb.FORCE,
    Verb.TRASH,
    Verb.UNTRASH,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A step the table and the person's role allow; ``refusal`` says what else stands in the way."""

    verb: Verb
    refusal: str = ""


def version_in_question(page: Page) -> Version | None:
    """The version a step would act on now."""
    if page.draft_state == Draft.IN_REVIEW:
        return page.submitted_version
    if page.draft_state in {Draft.APPROVED, Draft.SCHEDULED}:
        return page.approved_version
    return page.latest_version


def what_is_missing(page: Page) -> tuple[Finding, ...]:
    """The findings of the gate on the version in question (PUB-05)."""
    version = version_in_question(page)
    return findings(page, content_of(page, version)) if version is not None else ()


def what_to_improve(page: Page) -> tuple[Finding, ...]:
    """Advice on plain language, which no gate asks for (PUB-36)."""
    version = version_in_question(page)
    return reading_findings(page, content_of(page, version)) if version is not None else ()


def offers(page: Page, by: Any) -> Iterator[Offer]:
    """The steps of ``page`` (an instance of its own model) that ``by`` may take, in the order of their weight."""
    version = version_in_question(page)
    exempt = version is not None and is_exempt(page, version)
    may_sign = False  # Who can sign is not asked to countersign as well.
    for verb in ORDER:
        if not (is_open(page, verb, exempt=exempt) and can(by, STEPS[verb].right, page)):
            continue
        if verb == (Verb.SIGN if page.submitted_as_minor else Verb.CONFIRM):
            continue
        if verb == Verb.REVIEW and may_sign:
            continue  # They are asked about the draft; a second signature beside it, under the older text, misleads.
        if verb == Verb.COUNTERSIGN and (may_sign or version is None or not _may_countersign(page, version, by)):
            continue
        refusal = _refusal(page, verb, version, by)
        may_sign = may_sign or (verb in {Verb.SIGN, Verb.CONFIRM} and not refusal)
        yield Offer(verb=verb, refusal=refusal)


def waiting_schedules(page: Page) -> list[Schedule]:
    rows = page.schedules.filter(state=Schedule.State.PENDING)
    return list(rows.select_related("scheduled_by", "version").order_by("due_at"))


def _may_countersign(page: Page, version: Version, by: Any) -> bool:
    try:
        require_others_words(page, version, by)
    except Refused:
        return False
    return True


def _refusal(page: Page, verb: Verb, version: Version | None, by: Any) -> str:
    for guard in _GUARDS.get(verb, ()):
        try:
            guard(page, version, by)
        except Refused as refused:
            return str(refused)
    return ""


Guard = Callable[[Page, Any, Any], object]


def _nothing_missing(page: Page, version: Version, by: Any) -> None:
    blocking = [finding for finding in what_is_missing(page) if finding.severity == "block"]
    if blocking:
        many = f"{len(blocking)} things are" if len(blocking) > 1 else "One thing is"
        raise Refused(f"{many} missing; the list says what.")


def _settled(page: Page, version: Version, by: Any) -> None:
    require_settled(page)


def _unchanged(page: Page, version: Version, by: Any) -> None:
    if page.draft_state not in {Draft.APPROVED, Draft.SCHEDULED}:
        require_not_live_already(page, version)
    elif page.draft_state == Draft.APPROVED and frozen(page)[1] != version.content_hash:
        raise Refused("The text is no longer the one that was signed. Save it and submit it again.")


def _profile(page: Page, version: Version, by: Any) -> None:
    reviewer_profile(by)


def _reviewed_by(page: Page, version: Version, by: Any) -> None:
    require_reviewed_by(page, by)


def _live_not_sole_writer(page: Page, version: Version, by: Any) -> None:
    if page.live_version is not None:
        require_not_sole_writer(page, page.live_version, by)


def _discardable(page: Page, version: Version, by: Any) -> None:
    require_discardable(page, by)


def _harmless(page: Page, version: Version, by: Any) -> None:
    require_not_live_already(page, version)
    require_harmless(page, version)


def _forced(page: Page, version: Version, by: Any) -> None:
    require_forced(page, by)


def _corrected(page: Page, version: Version, by: Any) -> None:
    reviewer_profile(by)
    require_corrected(page, by)


_GUARDS: dict[Verb, tuple[Guard, ...]] = {
    Verb.SUBMIT: (_nothing_missing,),
    Verb.SIGN: (_profile, require_not_sole_writer, _nothing_missing),
    Verb.CONFIRM: (_profile, _reviewed_by, require_not_sole_writer, _nothing_missing),
    Verb.PUBLISH: (_unchanged, require_publishable, _nothing_missing, _settled),
    Verb.SCHEDULE: (_unchanged, require_publishable, _nothing_missing, _settled),
    Verb.REVIEW: (_profile, _live_not_sole_writer),
    Verb.TRASH: (_discardable,),
    Verb.FORCE: (_nothing_missing, _settled),
    Verb.CORRECT: (_harmless, _nothing_missing, _settled),
    Verb.CONFIRM_CORRECTION: (_corrected,),
    Verb.CLEAR: (_forced,),
}
