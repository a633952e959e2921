"""Letting a finding stand: who may, why, until when, and taking that back (content checks, 2.3)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from stemsite.access import Action, Role, can, roles_of
from stemsite.audit.recording import record
from stemsite.checks import Finding as Heard
from stemsite.checks import packaged
from stemsite.checks.finding import gravest
from stemsite.checks.rules import Clear, clear_of
from stemsite.clinic.statutory import why_education_only

from .claiming import GATED, heard
from .families import content_of, family_of
from .gate import Refused, Stale
from .guards import reviewer_profile
from .models import Override, Page, Version
from .models.override import FEWEST, LASTS
from .offering import version_in_question
from .recording import locked

OFFERS = frozenset({"CL-18"})
"""Wording of an offer stands only beside the law's own text (LEAD-94, LEAD-126)."""

_PERMISSION = {
    Clear.COMPLIANCE: Override.Permission.COMPLIANCE,
    Clear.REVIEWER: Override.Permission.REVIEWER,
    Clear.ACKNOWLEDGE: Override.Permission.ACKNOWLEDGED,
}


def finding_on(page: Page, fingerprint: str) -> Heard | None:
    """The finding of that fingerprint in the version in question; none once a character was changed."""
    version = version_in_question(page)
    found = heard(page, content_of(page, version)) if version is not None else ()
    return next((one for one in gravest(found) if one.fingerprint == fingerprint and one.rule.startswith(GATED)), None)


def clear_for(finding: Heard) -> Clear:
    """What it takes: the rule's own, but graver for a block of a rule that as a warning is only acknowledged."""
    clear = clear_of(finding.rule)
    if finding.rule == "PL-01":
        return Clear.REVIEWER if finding.severity == "block" else Clear.ACKNOWLEDGE
    if clear is Clear.ACKNOWLEDGE and finding.severity == "block":
        return Clear.COMPLIANCE
    return clear


def require_may_clear(page: Page, finding: Heard, by: Any) -> Override.Permission:
    """The permission by which ``by`` may let ``finding`` stand; refuses with what it would take."""
    clear = clear_for(finding)
    if clear is Clear.FIX:
        raise Refused("Nobody can let this stand: only a changed text clears it.")
    if clear is Clear.COMPLIANCE and not can(by, Action.CLEAR_CLAIMS, page):
        raise Refused(
            "Only a holder of the compliance permission can let this stand: the owner, or whom the owner gave it."
        )
    if finding.rule in OFFERS and (why := why_education_only(_conditions_of(page))):
        raise Refused(why)
    if clear is Clear.REVIEWER:
        if Role.REVIEWER not in roles_of(by):
            raise Refused("Only a medical reviewer who did not write the text can let this stand.")
        reviewer_profile(by)
    if clear is Clear.ACKNOWLEDGE and not (can(by, Action.EDIT, page) or can(by, Action.PUBLISH, page)):
        raise Refused("Only the author or a publisher can answer this.")
    if finding.severity == "block" or clear is Clear.REVIEWER:
        _require_others_words(page, finding, by)
    return _PERMISSION[clear]


def _conditions_of(page: Page) -> list[tuple[str, ...]]:
    """What the version in question is about: a law's text that leaves a condition out allows no offer for it."""
    version = version_in_question(page)
    return [mark.names for mark in content_of(page, version).conditions] if version is not None else []


def _require_others_words(page: Page, finding: Heard, by: Any) -> None:
    if writer_of(page, finding) == by.pk:
        raise Refused("You wrote this sentence, so a colleague has to let it stand. Or change the text.")


def writer_of(page: Page, finding: Heard) -> int | None:
    """Who saved the version in which the sentence first stood, reading back from the newest without a gap."""
    writer = None
    for version in Version.objects.filter(page_id=page.pk).order_by("-number").iterator(chunk_size=20):
        found = {one.fingerprint for one in heard(page, family_of(page).parse(version.content))}
        if finding.fingerprint in found:
            writer = version.created_by_id
        elif writer is not None:
            break
    return writer


@transaction.atomic
def let_stand(page: Page, *, by: Any, fingerprint: str, kind: str, reason: str) -> Override:
    """Let exactly this sentence stand under this rule; one changed character and the finding is back."""
    page = locked(page)
    finding = finding_on(page, fingerprint)
    if finding is None:
        raise Stale("The text has changed since you looked at it, and this finding is gone. Nothing was changed.")
    permission = require_may_clear(page, finding, by)
    if kind not in Override.Kind:
        raise Refused("Choose what kind of reason it is.")
    if len(reason.strip()) < FEWEST:
        raise Refused(f"Say why in at least {FEWEST} characters: a colleague reads it a year from now.")
    if fingerprint in Override.objects.in_force(page):
        raise Stale("A colleague has let this stand already. Nothing was changed.")
    today = timezone.localdate()
    override = Override.objects.create(
        page_id=page.pk,
        rule=finding.rule,
        pattern=finding.pattern or "",
        fingerprint=fingerprint,
        sentence=finding.sentence,
        permission=permission,
        kind=kind,
        reason=reason.strip(),
        lexicon_version=packaged().version,
        lexicon_sha256=packaged().sha256,
        created_by=by,
        created_on=today,
        expires_on=_last_day(today, permission),
        is_sample=page.is_sample and by.is_sample,
    )
    record(
        "finding let stand",
        by=by,
        obj=page,
        note=override.reason,
        override=override.pk,
        rule=finding.rule,
        pattern=finding.pattern,
        fingerprint=fingerprint,
        sentence=finding.sentence,
        permission=str(permission),
        kind=kind,
        expires_on=override.expires_on.isoformat(),
    )
    return override


def _last_day(today: datetime.date, permission: Override.Permission) -> datetime.date:
    return today + LASTS[permission]


@transaction.atomic
def revoke(override: Override, *, by: Any) -> None:
    """Take an override back: the finding counts again at the next step; what is live stays."""
    page = locked(override.page)
    if by.pk != override.created_by_id and not can(by, Action.CLEAR_CLAIMS, page):
        raise Refused("Only whoever let it stand, or a holder of the compliance permission, takes it back.")
    ended = Override.objects.filter(pk=override.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)
    if ended != 1:
        raise Stale("This was taken back already. Nothing was changed.")
    record("override revoked", by=by, obj=page, override=override.pk, rule=override.rule, sentence=override.sentence)
