"""Studies that changed under pages signed before: looked at by somebody, and closed (PUB-11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from stemsite.access import Action, can
from stemsite.audit.recording import record as audit

from .gate import Refused, Stale
from .models import Page, SignOff, StudySeen, Transition, Use, Version
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
    found = list(_open_pairs(user).values_list("version__page_id", "object_id", "signed_at"))
    pages = Page.objects.live().in_bulk({page for page, _, _ in found})
    studies = Page.objects.live().in_bulk({study for _, study, _ in found})
    found = [one for one in found if one[0] in pages and one[1] in studies]
    for page, study, signed_at in sorted(found, key=lambda one: (pages[one[0]].title, one[:2])):
        yield Changed(page=pages[page], study=studies[study], before=_live_at(studies[study], signed_at))


def how_many(user: Any) -> int:
    number: int = _open_pairs(user).count()
    return number


def _open_pairs(user: Any) -> Any:
    """Uses of a study by a live version that was signed before the study's own live version went out; one query."""
    medical = SignOff.objects.exclude(kind=SignOff.Kind.COUNTERSIGNATURE).order_by("-signed_at")
    own = medical.filter(version=OuterRef("version_id")).values("signed_at")[:1]
    kept = medical.filter(version__corrections=OuterRef("version_id")).values("signed_at")[:1]
    live = Page.objects.filter(pk=OuterRef("object_id"), public_state=Page.PublicState.LIVE)
    published = Transition.objects.filter(verb__in=Transition.PUBLICATIONS, version=OuterRef("study_version"))
    closed = StudySeen.objects.filter(page=OuterRef("version__page_id"), study_version=OuterRef("study_version"))
    uses = Use.objects.filter(
        kind=Use.Kind.STUDY,
        version__page__public_state=Page.PublicState.LIVE,
        version__page__live_version=F("version_id"),
        version__page__in=Page.objects.visible_to(user).values("pk"),
    )
    return (
        uses.annotate(
            signed_at=Coalesce(Subquery(own), Subquery(kept)), study_version=Subquery(live.values("live_version")[:1])
        )
        .annotate(out_at=Subquery(published.order_by("-at").values("at")[:1]))
        .filter(~Exists(closed), out_at__gt=F("signed_at"))
    )


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
