"""What staff are told: one function per message, each told with the step it reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from stemsite.access import Role

from .gate import Refused
from .models import Page, Schedule, Transition, Use, Version
from .telling import holders, people_of, tell
from .usage import live_pages_showing, live_pages_with


def review_wanted(page: Page, step: Transition, *, by: Any, note: str) -> None:
    """To the reviewer asked for, else to every active reviewer but the sender (PUB-48)."""
    asked = page.reviewer
    readers = [asked] if asked is not None and asked.is_active else holders(Role.REVIEWER)
    tell(readers, "review_wanted", page, f"{step.pk}", but=by, by=str(by), note=note)


def changes_wanted(page: Page, step: Transition, *, by: Any, reason: str) -> None:
    tell(people_of(page, step.version), "changes_wanted", page, f"{step.pk}", but=by, by=str(by), reason=reason)


def approved(page: Page, step: Transition, *, by: Any) -> None:
    tell(people_of(page, step.version), "page_approved", page, f"{step.pk}", but=by, by=str(by))


def changed_after_signature(page: Page, step: Transition, *, signed: Version | None, by: Any) -> None:
    """To whoever signed: what they signed is no longer the draft, with the way to the difference (PUB-44)."""
    if signed is None:
        return
    signers = {sign_off.signed_by for sign_off in signed.sign_offs.select_related("signed_by") if sign_off.is_medical}
    diff = reverse("admin:publishing_diff", args=[signed.pk, step.version_id])
    tell(signers, "changed_after_signature", page, f"{step.pk}", but=by, by=str(by), path=diff)


def published_by_force(page: Page, step: Transition, *, by: Any) -> None:
    """To everybody who may give the second look (PUB-50)."""
    people = [*holders(Role.REVIEWER), *holders(Role.PUBLISHER), *holders(Role.OWNER), page.reviewer]
    tell(people, "published_by_force", page, f"{step.pk}", but=by, by=str(by), reason=step.reason)


def corrected(page: Page, step: Transition, *, base: Version, by: Any) -> None:
    """To whoever signed what was corrected, with the way to the difference (PUB-144)."""
    signers = {sign_off.signed_by for sign_off in base.sign_offs.select_related("signed_by") if sign_off.is_medical}
    diff = reverse("admin:publishing_diff", args=[base.pk, step.version_id])
    tell(signers, "page_corrected", page, f"{step.pk}", but=by, by=str(by), diff=f"{settings.SITE_URL}{diff}")


def shown_page_withdrawn(page: Page, step: Transition, *, by: Any) -> None:
    """To the people of every live page that shows ``page``: readers see a notice there now (PUB-12)."""
    for user in live_pages_showing(Use.Kind.STUDY, page.pk).select_related("keeper", "deputy", "created_by"):
        reference = f"{step.pk}-{user.pk}"
        people = people_of(user)
        tell(people, "shown_page_withdrawn", user, reference, but=by, shown=page.title, reason=step.note)


def source_noticed(source_id: int, event: str, *, source: str, what: str) -> None:
    """To the people of every live page that cites a source to which something happened, or from which it was lifted.

    A page that shows a study which rests on the source counts too: its readers see the label there.
    """
    users = Page.objects.filter(pk__in=live_pages_with([source_id])[source_id]).order_by("pk")
    for page in users.select_related("keeper", "deputy", "created_by", "reviewer"):
        people = [*people_of(page), page.reviewer]
        tell(people, "source_noticed", page, f"{event}-{page.pk}", source=source, what=what)


def record_changed(pages: Iterable[Page], event: str, *, source: str, what: str) -> None:
    """To the people of each page whose registration says something else than before; no page changes by itself."""
    for page in Page.objects.filter(pk__in=[page.pk for page in pages]).select_related(
        "keeper", "deputy", "created_by", "reviewer"
    ):
        people = [*people_of(page), page.reviewer]
        tell(people, "record_changed", page, f"{event}-{page.pk}", source=source, what=what)


def schedule_done(page: Page, schedule: Schedule) -> None:
    """Good or bad, the outcome goes to whoever scheduled it (PUB-65)."""
    tell([schedule.scheduled_by], "schedule_done", page, f"{schedule.pk}", what=schedule.get_what_display())


def schedule_failed(page: Page, schedule: Schedule, refused: Refused) -> None:
    """To whoever scheduled it and to whom the page belongs; where none of them is at work, to every publisher."""
    reasons = [finding.message for finding in refused.findings]
    what = schedule.get_what_display()
    people = [person for person in (schedule.scheduled_by, *people_of(page)) if person.is_active]
    tell(
        people or [*holders(Role.PUBLISHER), *holders(Role.OWNER)],
        "schedule_failed",
        page,
        f"{schedule.pk}",
        what=what,
        reasons=reasons,
    )
