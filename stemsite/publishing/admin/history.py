"""The history of a page: its versions, and under each what was done with it (PUB-21)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.admin import site
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from stemsite.access import Action, can

from ..models import Page, Schedule, Transition, Version
from ..steps import Verb
from .finding_pages import change_url, number_in, page_for

FILTERS = (
    ("", "Everything"),
    ("submitted", "Submitted"),
    ("signed", "Signed"),
    ("published", "Published"),
    ("reverted", "Reverted"),
)
PER_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    version: Version
    before: int | None
    """The id of the version before this one."""
    badges: tuple[str, ...]
    steps: list[Transition] = field(default_factory=list)


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    page = page_for(request, pk)
    only, by = request.GET.get("only", ""), request.GET.get("by", "")
    pages = Paginator(_versions(page, only, by), PER_PAGE)
    part = pages.get_page(request.GET.get("page"))
    context = {
        **site.each_context(request),
        "title": "History",
        "subtitle": page.title,
        "page": page,
        "change_url": change_url(page),
        "may_edit": can(request.user, Action.EDIT, page),
        "rows": _rows(page, list(part.object_list)),
        "part": part,
        "loose": page.transitions.filter(version=None).select_related("by").order_by("-at", "-pk"),
        "filters": FILTERS,
        "only": only,
        "by": by,
        "people": _people(page),
    }
    return render(request, "admin/publishing/history.html", context)


@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """From the two marks on the history page to their difference, the older one first."""
    page = page_for(request, pk)
    ids = [number_in(request.GET.get(name, "")) for name in ("older", "newer")]
    found = list(
        page.versions.filter(pk__in=[pk for pk in ids if pk is not None])
        .order_by("number")
        .values_list("pk", flat=True)
    )
    if len(found) != 2:
        messages.warning(request, "Mark two different versions, then compare them.")
        return HttpResponseRedirect(reverse("admin:publishing_history", args=[pk]))
    return HttpResponseRedirect(reverse("admin:publishing_diff", args=found))


def _versions(page: Page, only: str, by: str) -> QuerySet[Version]:
    rows = page.versions.select_related("created_by").order_by("-number").defer("content")
    if (person := number_in(by)) is not None:
        rows = rows.filter(Q(created_by_id=person) | Q(transitions__by_id=person)).distinct()
    match only:
        case "submitted":
            rows = rows.filter(transitions__verb=Verb.SUBMIT).distinct()
        case "signed":
            rows = rows.filter(sign_offs__isnull=False).distinct()
        case "published":
            rows = rows.filter(transitions__verb__in=Transition.PUBLICATIONS).distinct()
        case "reverted":
            rows = rows.filter(action=Version.Action.REVERT)
    return rows


def _rows(page: Page, versions: list[Version]) -> list[Row]:
    ids = [version.pk for version in versions]
    steps: dict[int, list[Transition]] = {pk: [] for pk in ids}
    for step in Transition.objects.filter(version_id__in=ids).select_related("by").order_by("-at", "-pk"):
        steps[step.version_id].append(step)
    signed = set(page.versions.filter(pk__in=ids, sign_offs__isnull=False).values_list("pk", flat=True))
    waiting = page.schedules.filter(state=Schedule.State.PENDING, what=Schedule.What.PUBLISH)
    scheduled = set(waiting.values_list("version_id", flat=True))
    numbers = dict(page.versions.values_list("number", "pk"))
    return [
        Row(
            version=version,
            before=numbers.get(version.number - 1),
            steps=steps[version.pk],
            badges=tuple(
                words
                for words, holds in (
                    ("live", page.is_live and version.pk == page.live_version_id),
                    ("withdrawn", page.withdrawn_at is not None and version.pk == page.live_version_id),
                    ("draft", version.pk == page.latest_version_id),
                    ("signed", version.pk in signed),
                    ("scheduled", version.pk in scheduled),
                    ("correction", version.corrects_id is not None),
                    ("forced", any(step.verb == Verb.FORCE for step in steps[version.pk])),
                )
                if holds
            ),
        )
        for version in versions
    ]


def _people(page: Page) -> list[Any]:
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    return list(users.filter(Q(versions__page=page) | Q(transitions__page=page)).distinct().order_by("email"))
