"""How letters look, to a sample person: HTML, text, phone width, what is wrong; and one of them to oneself."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.csp import CSP, build_policy
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from stemsite.access import Action, can
from stemsite.audit.recording import record

from ..kinds import Kind, kind_of, kinds
from ..outbox import queue_message
from ..previewing import preview

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def _shown(request: HttpRequest, name: str) -> Kind:
    _guard(request)
    kind = kind_of(name)
    if kind is None or kind.sample is None:
        raise Http404
    return kind


def _guard(request: HttpRequest) -> None:
    if not (can(request.user, Action.SEE_JOBS) or can(request.user, Action.SEE_MAIL)):
        raise PermissionDenied


@require_safe
@never_cache
def previews(request: HttpRequest) -> HttpResponse:
    _guard(request)
    shown = [kind for kind in kinds() if kind.sample is not None]
    context = {**admin.site.each_context(request), "title": "How letters look", "kinds": shown}
    return render(request, "admin/stemsite/previews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def letter_preview(request: HttpRequest, name: str) -> HttpResponse:
    """One kind; POST sends it to the viewer, through the outbox as any letter."""
    kind = _shown(request, name)
    letter = kind.sample()
    if request.method == "POST":
        found = preview(kind, letter)
        queue_message(
            "preview",
            to=request.user.email,
            reference=uuid.uuid4().hex,
            subject=letter.subject,
            text=letter.text,
            html=found.html,
            mailer=kind.mailer,
        )
        record("sent themselves a preview", by=request.user, note=kind.label)
        messages.success(request, f"“{kind.label}” is on its way to {request.user.email}.")
        return HttpResponseRedirect(reverse("admin:mail_preview", args=[name]), status=303)
    context = {**admin.site.each_context(request), "title": kind.label, "kind": kind, "letter": preview(kind, letter)}
    return render(request, "admin/stemsite/preview.html", context)


@require_safe
@never_cache
@xframe_options_sameorigin
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML body alone, framed by the preview: nothing in it can run or load, and its one style sheet is known."""
    kind = _shown(request, name)
    html = preview(kind, kind.sample()).html
    styles = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in _STYLE.findall(html)]
    policy = {
        "default-src": [CSP.NONE],
        "style-src": [f"'sha256-{style}'" for style in styles] or [CSP.NONE],
        "frame-ancestors": [CSP.SELF],
        "sandbox": True,
    }
    return HttpResponse(html, headers={"Content-Security-Policy": build_policy(policy)})
