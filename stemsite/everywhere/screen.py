"""The box: a page of its own without script, a dialog over any page with it.

What was typed is posted and kept nowhere: staff type names into such boxes, and no address or log may hold one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from stemsite.access import Action, can, roles_of
from stemsite.publishing.admin.finding_pages import change_url, place_of
from stemsite.publishing.gate import Finding
from stemsite.publishing.words import LONGEST, FoundPage, Pieces, pages_with, words_in

from .commands import commands
from .records import records


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One line of the answer: a link and what stands beside it."""

    name: str
    url: str
    about: str = ""
    sentence: Pieces = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    title: str
    hits: tuple[Hit, ...]


@sensitive_post_parameters("words")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    if not roles_of(request.user):
        raise PermissionDenied
    text = request.POST.get("words", "")[:LONGEST]
    words = words_in(text)
    groups = [group for group in _groups(request, text, words) if group.hits] if words else []
    context = {
        "typed": text,
        "asked": bool(words),
        "groups": groups,
        "number": sum(len(group.hits) for group in groups),
        "may_ask_for_people": bool(words) and can(request.user, Action.SEE_LEADS),
        "longest": LONGEST,
    }
    if "part" in request.POST:
        return render(request, "admin/stemsite/find.html#found", context)
    return render(request, "admin/stemsite/find.html", {**site.each_context(request), "title": "Find", **context})


def _groups(request: HttpRequest, text: str, words: list[str]) -> list[Group]:
    pages = pages_with(text, by=request.user)
    return [
        Group(title="Go to", hits=tuple(Hit(name=one.name, url=one.url) for one in commands(request, words))),
        Group(title="Studies", hits=tuple(_hit(request.user, one) for one in pages if one.page.family == "study")),
        Group(title="Pages", hits=tuple(_hit(request.user, one) for one in pages if one.page.family != "study")),
        Group(
            title="Library",
            hits=tuple(Hit(name=one.name, url=one.url, about=one.kind) for one in records(request, words)),
        ),
    ]


def _hit(user: Any, found: FoundPage) -> Hit:
    """A draft leads to where it is mended, text that only the public sees to the page that readers get."""
    page, place = found.page, found.place
    where = " and ".join(name for name, is_so in (("draft", found.in_draft), ("live", found.in_live)) if is_so)
    if not found.in_draft:
        url = page.get_absolute_url()
    elif can(user, Action.EDIT, page):
        url = (
            place_of(page, Finding(severity="info", message="", field=place.field)) if place.field else change_url(page)
        )
    else:
        url = reverse("admin:publishing_page", args=[page.pk])
    about = ", ".join(filter(None, (f"in {place.name}" if place.name else "", where)))
    return Hit(name=page.title, url=url, about=about, sentence=place.sentence)
