"""Addresses below a guide's own: they follow it wherever it goes, and fall silent with it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from stemsite.clinic.frame import Frame
from stemsite.publishing.models import Page, Redirect
from stemsite.publishing.withdrawn import gone, public_page


def page_above(request: HttpRequest, path: str, rest: str, site: Frame) -> Page | HttpResponse:
    """The live guide at ``path``; else what to answer for ``rest`` below it, or ``Http404``."""
    if moved := _moved_from(path):
        return HttpResponsePermanentRedirect(f"{moved}{rest}")
    page = public_page(path)
    if page.is_live:
        return page
    if response := gone(request, page, site):
        return response
    raise Http404


def _moved_from(path: str) -> str:
    """Where the guide that stood at ``path`` stands now; empty where nothing moved."""
    if Page.objects.filter(live_path=path).exclude(public_state=Page.PublicState.NOTHING).exists():
        return ""
    moved = Redirect.objects.select_related("page").filter(from_path=path).first()
    target = moved.final_target() if moved else None
    return target if target and target != path and target.startswith(f"/{path.split('/')[1]}/") else ""
