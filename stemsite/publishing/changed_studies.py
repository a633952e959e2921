"""Studies that changed under pages signed before: looked at by somebody, and closed (PUB-11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from stemsite.access import Action, can
from stemsite.audit.recording import record as audit

from .gate import Refused, Stale
from .models import Page, StudySeen, Transition, Use, Version
from .reading import signature
from .recording import locked


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """``page`` shows ``study``, whose live version is younger than the signature under the page."""

    page: Page
    study: Page
    before: Version | None
    """The study's version that was live when the page was signed."""

    @property
    def now(self) -> Version:
        return self.study.version_for_readers()


def changed(user: Any) -> Iterator[Changed]:
    """Every such pair that ``user`` may see and nobody has closed."""
    uses = Use.objects.filter(kind=Use.Kind.STUDY, version__page__public_state=Page.PublicState.LIVE)
    uses = uses.filter(version__page__live_version=F("version_id"))
    pairs: dict[int, set[int]] = {}
    for showing, shown in uses.values_list("version__page_id", "object_id"):
        pairs.setdefault(showing, set()).add(shown)
    studies = Page.objects.live().in_bulk({pk for shown_there in pairs.values() for pk in shown_there})
    published = _published(studies)
    closed = set(StudySeen.objects.filter(page__in=pairs).values_list("page_id", "study_version_id"))
    pages = Page.objects.live().visible_to(user).filter(pk__in=pairs).order_by("title", "pk")
    for page in pages:
        signed = signature(page.version_for_readers())
        if signed is None:
            continue
        for pk in sorted(pairs[page.pk]):
            study = studies.get(pk)
            if study is None or published.get(pk) is None or published[pk] <= signed.signed_at:
                continue
            if (page.pk, study.live_version_id) not in closed:
                yield Changed(page=page, study=study, before=_live_at(study, signed.signed_at))


def _published(studies: dict[int, Page]) -> dict[int, Any]:
    """When the live version of each study was published first."""
    versions = {study.live_version_id: pk for pk, study in studies.items()}
    steps = Transition.objects.filter(verb__in=Transition.PUBLICATIONS, version__in=versions)
    return {versions[version]: at for version, at in steps.values_list("version").annotate(at=Max("at"))}


def _live_at(study: Page, moment: Any) -> Version | None:
    steps: QuerySet[Transition] = study.transitions.filter(verb__in=Transition.PUBLICATIONS, at__lte=moment)
    step = steps.select_related("version").order_by("-at", "-pk").first()
    return step.version if step else None


@transaction.atomic
def still_right(page: Page, *, by: Any, study_version_id: int) -> None:
    """Close one entry: keeper, reviewer or publisher looked, and the page stands as it is."""
    page = locked(page)
    if not (can(by, Action.SEE_LIBRARY) and can(by, Action.VIEW, page)):
        raise Refused("Your role does not allow this.")
    open_now = {one.study.live_version_id for one in changed(by) if one.page.pk == page.pk}
    if study_version_id not in open_now:
        raise Stale("This was closed already, or the study changed once more. Look at the list again.")
    StudySeen.objects.create(
        page_id=page.pk,
        study_version_id=study_version_id,
        seen_at=timezone.now(),
        seen_by=by,
        is_sample=page.is_sample,
    )
    audit("study seen, page still right", by=by, obj=page, study_version=study_version_id)
