"""Requests that looked like a machine's: shown, released exactly once, or left to their time (LEAD-27)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from leads.holding import FORMS
from leads.models import Request
from leads.models.request import REQUESTS
from leads.pipeline.overruling import overrule
from leads.pipeline.queues import quarantined
from stemsite.audit.recording import record

from .frame import for_leads, screen, see_other
from .listing import queue_links

SHOWN = 200
KEPT_DAYS = 30


@require_safe
@for_leads()
def quarantine(request: HttpRequest) -> HttpResponse:
    newest = [row for rows in quarantined() for row in rows.order_by("-created_at")[: SHOWN + 1]]
    newest.sort(key=lambda row: row.created_at, reverse=True)
    fields = ["name", "e-mail", "phone", "message"]
    record("saw a list of people", by=request.user, list="quarantine", rows=len(newest[:SHOWN]), fields=fields)
    return screen(
        request,
        "quarantine.html",
        title="In quarantine",
        lines=[_line(row) for row in newest[:SHOWN]],
        more=len(newest) > SHOWN,
        shown=SHOWN,
        days=KEPT_DAYS,
        queues=queue_links(request.user),
    )


def _line(row: Request) -> dict[str, Any]:
    return {
        "row": row,
        "form": FORMS[row.FORM],
        "name": row.name or row.contact.name,
        "reach": row.contact.email or row.contact.phone,
        "message": getattr(row, "message", ""),
        "url": reverse("admin:leads_contact_change", args=[row.contact_id]),
    }


@require_POST
@for_leads()
def let_go(request: HttpRequest, reference: str) -> HttpResponse:
    """Release one request: its letters go out as they would have, once, however often the button is pressed."""
    model = next((model for model in REQUESTS if reference[:1] == model.CODE), REQUESTS[0])
    number = reference[1:] if reference[1:].isascii() and reference[1:].isdecimal() and len(reference) < 19 else "0"
    found = get_object_or_404(model._default_manager.select_related("contact"), pk=int(number))
    if overrule(found, by=request.user):
        messages.success(request, "Released. Its letters go out now.")
    else:
        messages.info(request, "This request was released before; nothing was sent a second time.")
    return see_other("leads_quarantine")
