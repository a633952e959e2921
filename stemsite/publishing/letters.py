"""What staff are told by mail: one function per message, each queued with the step it reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from stemsite.access import Role
from stemsite.mail.outbox import queue

from .gate import Refused
from .models import Page, Schedule, Transition, Use, Version


def review_wanted(page: Page, step: Transition, *, by: Any, note: str) -> None:
    """To the reviewer asked for, else to every active reviewer but the sender (PUB-48)."""
    asked = page.reviewer
    readers = [asked] if asked is not None and asked.is_active else _holders(Role.REVIEWER)
    _tell(readers, "review_wanted", page, f"{step.pk}", but=by, by=str(by), note=note)


def changes_wanted(page: Page, step: Transition, *, by: Any, reason: str) -> None:
    _tell(_people_of(page, step.version), "changes_wanted", page, f"{step.pk}", but=by, by=str(by), reason=reason)


def approved(page: Page, step: Transition, *, by: Any) -> None:
    _tell(_people_of(page, step.version), "page_approved", page, f"{step.pk}", but=by, by=str(by))


def changed_after_signature(page: Page, step: Transition, *, signed: Version | None, by: Any) -> None:
    """To whoever signed: what they signed is no longer the draft, with the way to the difference (PUB-44)."""
    if signed is None:
        return
    signers = {sign_off.signed_by for sign_off in signed.sign_offs.select_related("signed_by") if sign_off.is_medical}
    diff = reverse("admin:publishing_diff", args=[signed.pk, step.version_id])
    _tell(signers, "changed_after_signature", page, f"{step.pk}", but=by, by=str(by), path=diff)


def shown_page_withdrawn(page: Page, step: Transition, *, by: Any) -> None:
    """To the people of every live page that shows ``page``: readers see a notice there now (PUB-12)."""
    users = Page.objects.filter(public_state=Page.PublicState.LIVE).filter(
        live_version__uses__kind=Use.Kind.STUDY, live_version__uses__object_id=page.pk
    )
    for user in users.select_related("keeper", "deputy", "created_by"):
        reference = f"{step.pk}-{user.pk}"
        people = _people_of(user)
        _tell(people, "shown_page_withdrawn", user, reference, but=by, shown=page.title, reason=step.note)


def source_noticed(source_id: int, event: str, *, source: str, what: str) -> None:
    """To the people of every live page that cites a source to which something happened, or from which it was lifted."""
    users = Page.objects.filter(public_state=Page.PublicState.LIVE).filter(
        live_version__uses__kind=Use.Kind.REFERENCE, live_version__uses__object_id=source_id
    )
    for page in users.select_related("keeper", "deputy", "created_by", "reviewer").distinct():
        people = [*_people_of(page), page.reviewer]
        _tell(people, "source_noticed", page, f"{event}-{page.pk}", source=source, what=what)


def record_changed(pages: Iterable[Page], event: str, *, source: str, what: str) -> None:
    """To the people of each page whose registration says something else than before; no page changes by itself."""
    for page in Page.objects.filter(pk__in=[page.pk for page in pages]).select_related(
        "keeper", "deputy", "created_by", "reviewer"
    ):
        people = [*_people_of(page), page.reviewer]
        _tell(people, "record_changed", page, f"{event}-{page.pk}", source=source, what=what)


def schedule_done(page: Page, schedule: Schedule) -> None:
    """Good or bad, the outcome goes to whoever scheduled it (PUB-65)."""
    _tell([schedule.scheduled_by], "schedule_done", page, f"{schedule.pk}", what=schedule.get_what_display())


def schedule_failed(page: Page, schedule: Schedule, refused: Refused) -> None:
    """To whoever scheduled it and to whom the page belongs; where none of them is at work, to every publisher."""
    reasons = [finding.message for finding in refused.findings]
    what = schedule.get_what_display()
    people = [person for person in (schedule.scheduled_by, *_people_of(page)) if person.is_active]
    _tell(
        people or [*_holders(Role.PUBLISHER), *_holders(Role.OWNER)],
        "schedule_failed",
        page,
        f"{schedule.pk}",
        what=what,
        reasons=reasons,
    )


def _people_of(page: Page, version: Version | None = None) -> list[Any]:
    """To whom the page belongs, and who wrote the ``version`` in question: often a colleague."""
    people = (page.keeper, page.deputy, page.created_by, version.created_by if version is not None else None)
    return [person for person in people if person is not None]


def _holders(role: Role) -> list[Any]:
    return list(get_user_model().objects.filter(is_active=True, is_staff=True, groups__name=role.value))


def _tell(people: Iterable[Any], message: str, page: Page, reference: str, *, but: Any = None, **context: Any) -> None:
    """Queue one letter for each active person once; the sender needs none."""
    path = context.pop("path", reverse("admin:publishing_page", args=[page.pk]))
    for person in {person.pk: person for person in people if person is not None}.values():
        if person.is_active and (but is None or person.pk != but.pk):
            queue(
                message,
                to=person.email,
                reference=f"{reference}-{person.pk}",
                context={"page_title": page.title, "url": f"{settings.SITE_URL}{path}", **context},
                is_sample=page.is_sample,
            )
