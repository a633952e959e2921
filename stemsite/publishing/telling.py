"""Telling members of staff: a row in their own list, and a letter at once or in the daily one (PUB-55, PUB-56)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Role
from stemsite.clinic.models import Clinic
from stemsite.mail.kinds import Built, Letter, NotAnyMore, register_builder
from stemsite.mail.models import Delivery
from stemsite.mail.outbox import queue, queue_for, render

from .models import Notice, NoticeChoice, Page, Version

DIGEST = "notices_today"
FROM_HOUR = 8
KEPT_FOR = datetime.timedelta(days=90)

KINDS = {
    "review_wanted": "A review is wanted",
    "review_waits": "A review still waits",
    "changes_wanted": "Changes are wanted",
    "page_approved": "A page was approved",
    "page_commented": "Somebody commented on a page",
    "fact_checked": "A fact check was answered",
    "changed_after_signature": "Changed after a signature",
    "page_corrected": "A signed page was corrected",
    "correction_waits": "A correction still waits to be confirmed",
    "review_due": "A review is due",
    "schedule_done": "A schedule was carried out",
    "shown_page_withdrawn": "A study that a page shows was withdrawn",
    "record_changed": "A registration of a study changed",
}
"""Kinds that may wait for the daily letter, in the words of the choice."""

URGENT = {
    "schedule_failed": "A publication failed at the set time",
    "source_noticed": "Something happened to a source, such as a retraction",
    "published_by_force": "Published by force",
}
"""Kinds that always come at once."""


def tell(
    people: Iterable[Any],
    message: str,
    page: Page,
    reference: str,
    *,
    but: Any = None,
    path: str = "",
    **context: Any,
) -> None:
    """Tell each active person once, whoever sent it left out; in the transaction of what is told."""
    path = path or reverse("admin:publishing_page", args=[page.pk])
    told = {person.pk: person for person in people if person is not None and person.is_active}
    if but is not None:
        told.pop(but.pk, None)
    daily = set() if message in URGENT else _daily(message, told)
    values = {"page_title": page.title, "url": f"{settings.SITE_URL}{path}", **context}
    for person in told.values():
        if _noted(person, message, page, f"{reference}-{person.pk}", path, values, waits=person.pk in daily):
            queue(
                message,
                to=person.email,
                reference=f"{reference}-{person.pk}",
                context=values,
                is_sample=page.is_sample,
            )


def _daily(message: str, told: dict[int, Any]) -> set[int]:
    return set(NoticeChoice.objects.filter(kind=message, user__in=told).values_list("user_id", flat=True))


def _noted(
    person: Any, message: str, page: Page, reference: str, path: str, values: dict[str, Any], *, waits: bool
) -> bool:
    """Write the row; whether a letter goes out now. What was told before costs one look."""
    if Notice.objects.filter(user_id=person.pk, kind=message, reference=reference).exists():
        return False
    subject, _, _ = render(message, values)
    now = timezone.now()
    _, made = Notice.objects.get_or_create(
        user_id=person.pk,
        kind=message,
        reference=reference,
        defaults={
            "page_id": page.pk,
            "words": subject[:300],
            "path": path[:200],
            "told_at": now,
            "mailed_at": None if waits else now,
        },
    )
    return made and not waits


def people_of(page: Page, version: Version | None = None) -> list[Any]:
    """To whom the page belongs, and who wrote the ``version`` in question: often a colleague."""
    writers = [page.created_by, version.created_by if version is not None else None]
    return [*keepers_of(page), *(person for person in writers if person is not None)]


def keepers_of(page: Page) -> list[Any]:
    """Keeper (until one is named, whoever made the page) and deputy; every publisher if neither is at work (PUB-55)."""
    kept_by = page.keeper or page.created_by, page.deputy
    at_work = [person for person in kept_by if person is not None and person.is_active]
    return at_work or holders(Role.PUBLISHER)


def holders(role: Role) -> list[Any]:
    return list(get_user_model().objects.filter(is_active=True, is_staff=True, groups__name=role.value))


def send_digests() -> int:
    """Queue today's letter to everybody for whom something waits, once a day, when the clinic's morning has come."""
    now = timezone.now().astimezone(Clinic.current().zone)
    if now.hour < FROM_HOUR:
        return 0
    waiting = Notice.objects.for_digest().unread().filter(user__is_active=True)
    users = get_user_model().objects.filter(pk__in=waiting.values("user_id"))
    for user in users:
        queue_for(DIGEST, f"{user.pk}-{now:%Y-%m-%d}", recipient=user.email, is_sample=user.is_sample)
    Notice.objects.exclude(read_at=None).filter(read_at__lt=timezone.now() - KEPT_FOR).delete()
    return len(users)


def build_digest(delivery: Delivery) -> Built:
    """What waits at the moment of sending; what its person has read meanwhile is left out."""
    user = get_user_model().objects.filter(pk=int(delivery.reference.partition("-")[0]), is_active=True).first()
    if user is None:
        return NotAnyMore(reason="This person does not work here any more.", outcome="suppressed")
    waiting = list(Notice.objects.for_digest().unread().filter(user=user).order_by("told_at", "pk"))
    if not waiting:
        return NotAnyMore(reason="Nothing waits any more.")
    lines = [(notice.words, f"{settings.SITE_URL}{notice.path}") for notice in waiting]
    subject, text, html = render(DIGEST, {"lines": lines})
    return Letter(to=(str(user), user.email), subject=subject, text=text, html=html)


def digest_settled(delivery: Delivery) -> None:
    """Once the letter is sent, what stood in it waits no longer."""
    if delivery.state == Delivery.State.SENT:
        before = delivery.started_at or timezone.now()
        person = int(delivery.reference.partition("-")[0])
        Notice.objects.for_digest().filter(user_id=person, told_at__lte=before).update(mailed_at=timezone.now())


def sample_digest() -> Letter:
    lines = [("Please review: A sample page", f"{settings.SITE_URL}/admin/pages/1/")]
    subject, text, html = render(DIGEST, {"lines": lines})
    return Letter(to=("Sample Author", "sample@example.org"), subject=subject, text=text, html=html)


@transaction.atomic
def choose(user: Any, *, daily: Iterable[str]) -> None:
    """Keep which kinds ``user`` wants once a day; urgent ones cannot wait."""
    wanted = set(daily) & set(KINDS)
    NoticeChoice.objects.filter(user=user).exclude(kind__in=wanted).delete()
    for kind in sorted(wanted):
        NoticeChoice.objects.get_or_create(user=user, kind=kind)


def mark_read(user: Any, ids: Iterable[int] | None = None) -> int:
    """The notices ``ids`` of ``user``, or all of theirs, as read."""
    notices = Notice.objects.unread().filter(user=user)
    if ids is not None:
        notices = notices.filter(pk__in=list(ids))
    return notices.update(read_at=timezone.now())


def register() -> None:
    register_builder(
        DIGEST,
        build_digest,
        label="Staff: the daily letter",
        settled=digest_settled,
        sample=sample_digest,
        for_staff=True,
    )
