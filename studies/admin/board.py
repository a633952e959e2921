"""The board of the evidence library: what happened to sources, what disagrees, what was not asked (EVD-82)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from stemsite.access import Action, can
from stemsite.publishing.gate import Refused, Stale

from ..board import board
from ..integrity import mark_seen
from ..models import IntegrityEvent, TrialChange
from ..trial_watch import mark_change_seen


@require_safe
def board_screen(request: HttpRequest) -> HttpResponse:
    if not can(request.user, Action.SEE_LIBRARY):
        raise PermissionDenied
    return _screen(request)


def _screen(
    request: HttpRequest, *, told: str = "", typed: str = "", about: int = 0, status: int = 200
) -> HttpResponse:
    found = board()
    context = {
        **site.each_context(request),
        "title": "Evidence board",
        "board": found,
        "now": timezone.now(),
        "may_see_off": can(request.user, Action.VERIFY_SOURCES),
        "told": told,
        "typed": typed,
        "about": about,
    }
    return render(request, "admin/studies/board.html", context, status=status)


@require_POST
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an event off the board, with a note where it is grave."""
    if not can(request.user, Action.VERIFY_SOURCES):
        raise PermissionDenied
    event = get_object_or_404(IntegrityEvent, pk=pk)
    note = request.POST.get("note", "").replace("\x00", "")[:2000]
    try:
        mark_seen(event, by=request.user, note=note)
    except Stale as stale:
        return _screen(request, told=str(stale), status=409)
    except Refused as refused:
        return _screen(request, told=str(refused), typed=note, about=pk, status=422)
    messages.success(request, f"Off the board: {event}.")
    return HttpResponseRedirect(reverse("admin:studies_board"), status=303)


@require_POST
def change_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what changed about a trial off the board (EVD-55)."""
    if not can(request.user, Action.VERIFY_SOURCES):
        raise PermissionDenied
    change = get_object_or_404(TrialChange.objects.select_related("trial"), pk=pk)
    try:
        mark_change_seen(change, by=request.user, words=request.POST.get("note", "").replace("\x00", "")[:2000])
    except Stale as stale:
        return _screen(request, told=str(stale), status=409)
    messages.success(request, f"Off the board: {change.trial}, {change.what}.")
    return HttpResponseRedirect(reverse("admin:studies_board"), status=303)
