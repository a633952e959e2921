"""Who may vouch for what: the conditions of a step that depend on people, signatures and the review policy."""

from __future__ import annotations

from typing import Any

from stemsite.access import Role, roles_of
from stemsite.clinic.models import Clinic, Person

from .families import content_of, family_of
from .gate import Finding, Refused, Stale
from .models import Page, SignOff, Version
from .reading import signature
from .versions import is_intact, writers


def reasons_to_sign(page: Page, version: Version) -> tuple[str, ...]:
    """Why a clinician must sign ``version`` (PUB-142); what replaces a medical text is a medical change itself."""
    medical = family_of(page).needs_reviewer
    replaced = page.live_version
    if reasons := medical(content_of(page, version)):
        return reasons
    return ("the text it replaces is medical",) if replaced and medical(content_of(page, replaced)) else ()


def is_exempt(page: Page, version: Version) -> bool:
    return not reasons_to_sign(page, version)


def not_signed(page: Page, version: Version) -> Finding:
    because = "; ".join(reasons_to_sign(page, version))
    return Finding(
        severity="block",
        message=f"No medical reviewer has signed exactly this text (needed because {because}). Submit it for review.",
        rule="PUB-142",
    )


def require_intact(version: Version) -> None:
    if not is_intact(version):
        raise Refused(
            f"The stored text of {version} does not match its fingerprint. "
            "It cannot be signed or published; tell the owner to run verify_versions."
        )


def reviewer_profile(user: Any) -> Person:
    """The profile under whose name ``user`` signs; refuses without one or with a lapsed credential (PUB-46)."""
    person = Person.objects.filter(user_id=user.pk).first()
    if person is None or not person.is_reviewer:
        raise Refused("You have no profile as a medical reviewer. Ask the owner to add your credentials under People.")
    if not person.credential_is_valid():
        raise Refused(
            f"The credential of {person.name} is no longer valid. Renew its date under People before signing."
        )
    return person


def require_reviewed_before(page: Page) -> None:
    """A change is minor only beside a text that was reviewed as a whole and is live (PUB-45)."""
    if not page.is_live or page.live_version is None or signature(page.live_version) is None:
        raise Refused("Only a change of a live page that a clinician has signed can be minor. Submit it as a whole.")


def require_reviewed_by(page: Page, by: Any) -> None:
    """A confirmation carries on the dates of a whole review, so only whoever gave that confirms (PUB-43, PUB-45)."""
    require_reviewed_before(page)
    last = signature(page.live_version) if page.live_version else None
    if last is not None and last.signed_by_id != by.pk:
        raise Refused(
            f"{last.name} reviewed the whole page, so nobody else can confirm that a change of it is minor. "
            "Send it back; once it is submitted as a whole, you can review and sign it."
        )


def require_not_sole_writer(page: Page, version: Version, by: Any) -> None:
    """Nobody signs text they alone wrote, unless a colleague has taken responsibility for it (PUB-46)."""
    if writers(page, version) == {by.pk} and not _countersigners(version) - {by.pk}:
        raise Refused(
            "You wrote all of this text yourself, so your signature alone cannot approve it. "
            "Ask a colleague to read it and press Countersign, or ask another reviewer to sign."
        )


def require_others_words(page: Page, version: Version, by: Any) -> None:
    """A countersignature is a second pair of eyes: under a colleague's words, and once (PUB-146)."""
    if by.pk in {sign_off.signed_by_id for sign_off in version.sign_offs.all()}:
        raise Refused("You have already signed this version; a colleague has to countersign it.")
    if version.created_by_id == by.pk or writers(page, version) == {by.pk}:
        raise Refused("These are your own words; a colleague has to countersign them.")


def require_publishable(page: Page, version: Version, by: Any) -> None:
    """Every medical sentence was seen by two people, one a valid reviewer of exactly this text."""
    require_intact(version)
    if is_exempt(page, version):
        return
    signed = signature(version)
    if signed is None:
        raise Refused(not_signed(page, version))
    wrote = writers(page, version)
    others = (wrote | _countersigners(version) | {by.pk}) - {signed.signed_by_id}
    if not others:
        raise Refused("Only one person has seen this text. Ask a colleague to read it and press Countersign.")
    if signed.signed_by_id in wrote and not _seen_as_it_stands(version, signed):
        raise Refused(
            f"{signed.name} edited this text before signing it. "
            "The author reads that edit and presses Countersign; then it can go live."
        )
    if Clinic.current().needs_team and wrote == {by.pk}:
        raise Refused("You wrote this text alone; a colleague with the publisher role has to publish it.")


def needs_reason(by: Any) -> bool:
    """Whether ``by`` publishes in a publisher's stead: a team's owner does, and says why (role matrix)."""
    return Clinic.current().needs_team and Role.PUBLISHER not in roles_of(by)


def require_reason(by: Any, reason: str) -> None:
    if needs_reason(by) and not reason.strip():
        raise Refused("Say why you publish this yourself: publishing is the publisher's part. Readers do not see it.")


def require_not_live_already(page: Page, version: Version) -> None:
    """The second press of Publish publishes nothing (PUB-51)."""
    if page.is_live and version.pk == page.live_version_id:
        raise Stale("Exactly this text is live already. Nothing changed.")


def _countersigners(version: Version) -> frozenset[int]:
    return frozenset(
        sign_off.signed_by_id for sign_off in version.sign_offs.all() if sign_off.content_hash == version.content_hash
    )


def _seen_as_it_stands(version: Version, signed: SignOff) -> bool:
    """Whether somebody else saved or countersigned exactly this version."""
    return version.created_by_id not in {None, signed.signed_by_id} or bool(
        _countersigners(version) - {signed.signed_by_id}
    )
