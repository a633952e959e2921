"""What needs looking after besides pages: each part of the site tells what it has, to whoever may see it (PUB-112)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from stemsite.access import Action, can
from stemsite.mail.models import Delivery
from stemsite.tasks.models import Job, PeriodicRun

from .changed_studies import changed
from .models import Link, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    label: str
    number: int
    url: str
    alarm: bool = False


Watch = Callable[[Any], Iterable[Line]]
"""A member of staff -> lines for them; none where they may not look."""

_watches: list[Watch] = []


def register_watch(watch: Watch) -> None:
    """Add ``watch``, from ``ready()``."""
    if watch not in _watches:
        _watches.append(watch)


def lines_for(user: Any) -> tuple[Line, ...]:
    return tuple(line for watch in _watches for line in watch(user))


def work_lines(user: Any) -> Iterable[Line]:
    """Background work that failed and letters that could not be delivered."""
    if can(user, Action.SEE_JOBS):
        failed = Job.objects.filter(state=Job.State.FAILED).count()
        yield _line("Failed jobs", failed, "admin:tasks_job_changelist", f"state__exact={Job.State.FAILED}")
        broken = PeriodicRun.objects.exclude(last_error="").count()
        yield _line("Regular jobs that failed last time", broken, "admin:tasks_periodicrun_changelist", "went=badly")
    if can(user, Action.SEE_MAIL):
        undelivered = Delivery.objects.filter(state=Delivery.State.FAILED).count()
        query = f"state__exact={Delivery.State.FAILED}"
        yield _line("Letters that could not be delivered", undelivered, "admin:mail_delivery_changelist", query)


def link_lines(user: Any) -> Iterable[Line]:
    if can(user, Action.SEE_LIBRARY):
        broken = Link.objects.broken().count()
        yield Line(label="Broken links", number=broken, url=reverse("admin:publishing_links"), alarm=broken > 0)


def changed_lines(user: Any) -> Iterable[Line]:
    if can(user, Action.SEE_LIBRARY):
        number = sum(1 for _ in changed(user))
        url = reverse("admin:publishing_changed")
        yield Line(label="Study changed since sign-off", number=number, url=url, alarm=number > 0)


def trash_lines(user: Any) -> Iterable[Line]:
    if can(user, Action.TRASH):
        number = Page.objects.visible_to(user).in_trash().count()
        url = f"{reverse('admin:publishing_page_changelist')}?trash=yes"
        yield Line(label="In the trash", number=number, url=url)


def _line(label: str, number: int, name: str, query: str) -> Line:
    return Line(label=label, number=number, url=f"{reverse(name)}?{query}", alarm=number > 0)
