"""The report of links that lead nowhere, and leaving one for a while (PUB-115)."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from stemsite.access import Action, can
from stemsite.audit.recording import record

from ..models import Link
from .step_form import day_field, text_field

SHOWN = 200
LONGEST = datetime.timedelta(days=366)


class Ignore(forms.Form):
    reason = text_field("Why it is left for now", rows=1)
    until = day_field("Until")

    def __init__(self, *args: Any, link: Link, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"link-{link.pk}", use_required_attribute=False, **kwargs)

    def clean_reason(self) -> str:
        return str(self.cleaned_data["reason"])[:300]

    def clean_until(self) -> datetime.date:
        until: datetime.date = self.cleaned_data["until"]
        if not timezone.localdate() < until <= timezone.localdate() + LONGEST:
            raise forms.ValidationError("Choose a day to come, within a year.")
        return until


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    _require(request, Action.SEE_LIBRARY)
    return _screen(request)


def _screen(request: HttpRequest, pressed: tuple[int, Ignore] | None = None, status: int = 200) -> HttpResponse:
    wanting = Link.objects.wanting().order_by("-failed_days", "failing_since", "pk").prefetch_related("uses__page")
    may_ignore = can(request.user, Action.EDIT_REDIRECTS)
    links = list(wanting[: SHOWN + 1])
    rows = []
    for link in links[:SHOWN]:
        form = pressed[1] if pressed and pressed[0] == link.pk else Ignore(link=link)
        rows.append((link, form if may_ignore else None))
    today = timezone.localdate()
    context = {
        **site.each_context(request),
        "title": "Links that lead nowhere",
        "rows": rows,
        "more": len(links) > SHOWN,
        "ignored": Link.objects.filter(ignored_until__gte=today, failed_days__gt=0).select_related("ignored_by"),
        "checked_at": Link.objects.exclude(tried_at=None)
        .order_by("-tried_at")
        .values_list("tried_at", flat=True)
        .first(),
    }
    return render(request, "admin/publishing/links.html", context, status=status)


@require_POST
def ignore(request: HttpRequest, pk: int) -> HttpResponse:
    _require(request, Action.EDIT_REDIRECTS)
    link = get_object_or_404(Link, pk=pk)
    form = Ignore(request.POST, link=link)
    if not form.is_valid():
        return _screen(request, (pk, form), status=422)
    with transaction.atomic():
        reason, until = form.cleaned_data["reason"], form.cleaned_data["until"]
        Link.objects.filter(pk=pk).update(ignored_until=until, ignored_because=reason, ignored_by=request.user)
        record("left a broken link for now", by=request.user, obj=link, note=reason, until=until.isoformat())
    messages.success(request, f"Left until {until:%Y-%m-%d}; then it is listed again if it still fails.")
    return HttpResponseRedirect(reverse("admin:publishing_links"), status=303)


def _require(request: HttpRequest, right: Action) -> None:
    if not can(request.user, right):
        raise PermissionDenied
