"""The owner's first screen, and the buttons that set a check going."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stemsite.access import Action, can
from stemsite.audit.recording import record
from stemsite.mail.outbox import queue
from stemsite.tokens import TokenRefused, make_token, read_token

from .steps import LETTER_ARRIVED, steps
from .tasks import check_domain

PURPOSE = "test-letter"
GOOD_FOR = datetime.timedelta(days=7)


def first_steps(request: HttpRequest) -> dict[str, Any]:
    """What the work queue says of them to the owner, until everything is done."""
    if not can(request.user, Action.EDIT_CLINIC):
        return {}
    found = steps()
    return {"first_steps_left": sum(not step.is_done for step in found), "first_steps": len(found)}


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    _require_owner(request)
    context = {**site.each_context(request), "title": "Getting started", "steps": steps()}
    return render(request, "admin/stemsite/getting_started.html", context)


@require_POST
def press(request: HttpRequest, slug: str) -> HttpResponse:
    owner = _require_owner(request)
    if slug == "mail" and settings.MAIL_URL:
        _send_letter(owner)
        messages.success(request, f"On its way to {owner.email}. Open the link in it.")
    elif slug == "domain" and settings.MAIL_URL:
        check_domain.enqueue(owner.pk)
        messages.success(request, "The worker looks at it now. Come back in a minute.")
    else:
        raise Http404
    return HttpResponseRedirect(reverse("admin:getting_started"), status=303)


def _send_letter(owner: Any) -> None:
    address = reverse("admin:test_letter_arrived", args=[make_token(PURPOSE, owner.pk)])
    queue(
        "test_letter",
        to=owner.email,
        reference=f"{owner.pk}-{timezone.now():%Y%m%d%H%M}",
        context={"url": f"{settings.SITE_URL}{address}"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def arrived(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the test letter: opening it changes nothing, the press does."""
    _require_owner(request)
    try:
        person = read_token(PURPOSE, token, within=GOOD_FOR)
    except TokenRefused as refused:
        raise Http404 from refused
    if person != request.user.pk:
        raise PermissionDenied
    if request.method == "POST":
        record(LETTER_ARRIVED, by=request.user)
        messages.success(request, "Good: letters leave this site and arrive.")
        return HttpResponseRedirect(reverse("admin:getting_started"), status=303)
    context = {**site.each_context(request), "title": "Your test letter arrived"}
    return render(request, "admin/stemsite/test_letter_arrived.html", context)


def _require_owner(request: HttpRequest) -> Any:
    if not can(request.user, Action.EDIT_CLINIC):
        raise PermissionDenied
    return request.user
