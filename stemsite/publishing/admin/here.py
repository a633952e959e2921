"""An open form says that it is there, and is told who else has the page open (PUB-73)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from stemsite.access import Action

from .. import presence
from ..buffering import key_in
from .finding_pages import page_for


@require_POST
def here(request: HttpRequest, pk: int) -> HttpResponse:
    page = page_for(request, pk, Action.EDIT)
    window = key_in(request.POST.get("window", ""))
    if window is None:
        return HttpResponse(status=400)
    if "gone" in request.POST:
        presence.leave(page.pk, window, user=request.user)
        return JsonResponse({"words": ""})
    others = presence.here(
        page.pk,
        window,
        user=request.user,
        is_unsaved="unsaved" in request.POST,
        is_behind="behind" in request.POST,
    )
    return JsonResponse({"words": presence.in_words(others)})
