"""Pages as readers got them at a moment that has gone: state, dates and signatures of then (PUB-29)."""

from __future__ import annotations

import copy
import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse

from stemsite.clinic.frame import frame

from .families import content_of, family_of
from .models import Page, SignOff, Transition, Version
from .reading import Past
from .steps import Verb
from .withdrawn import notice_of, shows_nothing

_SEEN = (*Transition.PUBLICATIONS, Verb.WITHDRAW, Verb.RESTORE)
_THROWN = (Verb.TRASH, Verb.UNTRASH)


def steps_at(pages: Iterable[int], moment: datetime.datetime) -> dict[int, list[Transition]]:
    """The steps that readers saw of each page until ``moment``, the oldest first; one query."""
    rows = Transition.objects.filter(page__in=set(pages), verb__in=(*_SEEN, *_THROWN), at__lte=moment)
    found: dict[int, list[Transition]] = defaultdict(list)
    for step in rows.select_related("by").order_by("at", "pk"):
        found[step.page_id].append(step)
    return found


def pages_at(pages: Iterable[int], moment: datetime.datetime) -> dict[int, Page]:
    """Those of ``pages`` that had been public by ``moment``, as they stood then; five queries, however many."""
    steps = steps_at(pages, moment)
    return _stood(Page.objects.filter(pk__in=steps), steps, moment)


def page_at(page: Page, moment: datetime.datetime) -> Page | None:
    """The same of one page, as an instance of its own model."""
    return _stood([page], steps_at([page.pk], moment), moment).get(page.pk)


def publications(steps: Sequence[Transition]) -> list[Transition]:
    return [step for step in steps if step.verb in Transition.PUBLICATIONS and step.version_id]


def last_major(published: Sequence[Transition]) -> Transition:
    """The publication whose day readers are told as that of the last change."""
    major = [step for step in published if step.change == Transition.Change.MAJOR]
    return major[-1] if major else published[0]


def withdrawal_in(steps: Sequence[Transition]) -> Transition | None:
    """The withdrawal that was in force after ``steps``."""
    last = next((step for step in reversed(steps) if step.verb in _SEEN), None)
    return last if last is not None and last.verb == Verb.WITHDRAW else None


def _stood(pages: Iterable[Page], steps: dict[int, list[Transition]], moment: datetime.datetime) -> dict[int, Page]:
    published = {pk: found for pk, each in steps.items() if (found := publications(each))}
    versions = _versions((found[-1].version_id for found in published.values()), moment)
    return {
        page.pk: _as_it_stood(page, steps[page.pk], versions[published[page.pk][-1].version_id])
        for page in pages
        if page.pk in published
    }


def _versions(wanted: Iterable[int | None], moment: datetime.datetime) -> dict[int | None, Version]:
    """Versions with the signatures that were under them by then."""
    signed = SignOff.objects.filter(signed_at__lte=moment)
    rows = Version.objects.filter(pk__in=set(wanted)).select_related("corrects")
    found = rows.prefetch_related(Prefetch("sign_offs", signed), Prefetch("corrects__sign_offs", signed))
    return {version.pk: version for version in found}


def _as_it_stood(page: Page, steps: Sequence[Transition], version: Version) -> Page:
    published, withdrawn = publications(steps), withdrawal_in(steps)
    thrown = next((step for step in reversed(steps) if step.verb in _THROWN), None)
    then = copy.copy(page)
    facts = {
        "public_state": Page.PublicState.WITHDRAWN if withdrawn else Page.PublicState.LIVE,
        "live_version": version,
        "live_path": published[-1].path or None,
        "first_published_at": published[0].at,
        "updated_at": last_major(published).at,
        "withdrawn_at": withdrawn.at if withdrawn else None,
        "withdrawn_as": _kind(page, withdrawn) if withdrawn else "",
        "withdrawn_because": withdrawn.note if withdrawn else "",
        "trashed_at": thrown.at if thrown is not None and thrown.verb == Verb.TRASH else None,
    }
    for name, value in facts.items():
        setattr(then, name, value)
    return then


def _kind(page: Page, withdrawn: Transition) -> str:
    """What kind of withdrawal it was; of one from before this was kept, the page says it while it stands."""
    return withdrawn.withdrawn_as or page.withdrawn_as or Page.Withdrawal.OUTDATED


def show_at(request: HttpRequest, page: Page, moment: datetime.datetime) -> HttpResponse | None:
    """What readers of ``page`` got at ``moment``, in today's frame; none while nothing of it was public."""
    then = page_at(page, moment)
    if then is None:
        return None
    if shows_nothing(then):
        return notice_of(request, then, frame())
    version = then.version_for_readers()
    return family_of(page).show(request, then, version, content_of(page, version), Past(at=moment))
