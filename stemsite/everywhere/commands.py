"""What can be gone to by name: every list and form the staff site offers this person, and the screens besides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import site
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from stemsite.access import Action, can
from stemsite.search.words import fold

MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    name: str
    url: str
    others: str = ""
    """Other words it is looked for by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Screen:
    name: str
    view: str
    right: Action
    others: str = ""


_SCREENS = (
    _Screen(name="Work queue", view="index", right=Action.SEE_NOTICES, others="home dashboard start"),
    _Screen(name="Your notices", view="publishing_notices", right=Action.SEE_NOTICES, others="notifications messages"),
    _Screen(name="Pages to sign", view="publishing_sign", right=Action.SIGN, others="signature review approve"),
    _Screen(name="What has moved on", view="publishing_reports", right=Action.SEE_LIBRARY, others="reports overdue"),
    _Screen(name="Studies changed since sign-off", view="publishing_changed", right=Action.SEE_LIBRARY),
    _Screen(name="Broken links", view="publishing_links", right=Action.SEE_LIBRARY, others="link check"),
    _Screen(name="Evidence board", view="studies_board", right=Action.SEE_LIBRARY, others="retractions references"),
    _Screen(name="Enter redirects from a file", view="publishing_redirect_import", right=Action.EDIT_REDIRECTS),
    _Screen(name="Missing addresses", view="publishing_missing", right=Action.EDIT_REDIRECTS, others="404 not found"),
    _Screen(name="Readers", view="counts_readers", right=Action.SEE_LIBRARY, others="statistics visits counts"),
    _Screen(name="Getting started", view="getting_started", right=Action.EDIT_CLINIC, others="setup first steps"),
    _Screen(name="Pause: hide forms", view="clinic_pause", right=Action.EDIT_CLINIC, others="emergency kill switch"),
    _Screen(name="Figures: how many ask", view="leads_figures", right=Action.SEE_FIGURES, others="pipeline requests"),
    _Screen(name="Quarantine", view="leads_quarantine", right=Action.SEE_LEADS, others="spam held"),
    _Screen(name="Bring people in from a file", view="leads_import", right=Action.IMPORT_LEADS, others="import"),
)


def commands(request: HttpRequest, words: list[str]) -> list[Command]:
    """What this person may go to whose name holds every word, those first whose name begins with them."""
    wanted = " ".join(words)
    named = [(fold(command.name), command) for command in _all(request)]
    found = [
        (not name.startswith(wanted), not all(word in name for word in words), number, command)
        for number, (name, command) in enumerate(named)
        if all(word in f"{name} {fold(command.others)}" for word in words)
    ]
    return [command for *_, command in sorted(found, key=lambda row: row[:3])][:MOST]


def _all(request: HttpRequest) -> Iterator[Command]:
    for screen in _SCREENS:
        if can(request.user, screen.right):
            yield Command(name=screen.name, url=reverse(f"admin:{screen.view}"), others=screen.others)
    for app in site.get_app_list(request):
        for model in app["models"]:
            yield from _of_model(model)


def _of_model(model: dict[str, Any]) -> Iterator[Command]:
    one = model["model"]._meta.verbose_name
    if model["add_url"]:
        yield Command(name=f"New {one}", url=model["add_url"], others="add create write begin")
    if model["admin_url"]:
        yield Command(name=capfirst(str(model["name"])), url=model["admin_url"], others="list all")
