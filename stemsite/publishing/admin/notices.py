"""What one member of staff was told, and how they want to be told (PUB-56). Everybody sees their own, and no other."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from stemsite.access import Action, can

from ..models import Notice, NoticeChoice
from ..telling import KINDS, URGENT, choose, mark_read
from .finding_pages import number_in

SHOWN = 50


class Choices(forms.Form):
    daily = forms.MultipleChoiceField(
        label="Once a day instead of at once",
        choices=list(KINDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    _require_notices(request)
    return _screen(request)


def _screen(request: HttpRequest, form: Choices | None = None, status: int = 200) -> HttpResponse:
    own = Notice.objects.filter(user_id=request.user.pk).order_by("-told_at", "-pk")
    part = Paginator(own, SHOWN).get_page(request.GET.get("page"))
    chosen = NoticeChoice.objects.filter(user_id=request.user.pk).values_list("kind", flat=True)
    context = {
        **site.each_context(request),
        "title": "Your notices",
        "notices": part.object_list,
        "part": part,
        "unread": own.unread().count(),
        "form": form or Choices(initial={"daily": list(chosen)}),
        "urgent": list(URGENT.values()),
    }
    return render(request, "admin/publishing/notices.html", context, status=status)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notice as read, or all of them."""
    _require_notices(request)
    if "all" in request.POST:
        done = mark_read(request.user)
        messages.success(request, f"{done} marked as read.")
    else:
        mark_read(request.user, [pk for text in request.POST.getlist("notice") if (pk := number_in(text)) is not None])
    return HttpResponseRedirect(reverse("admin:publishing_notices"), status=303)


@require_POST
def choices(request: HttpRequest) -> HttpResponse:
    _require_notices(request)
    form = Choices(request.POST)
    if not form.is_valid():
        return _screen(request, form, status=422)
    choose(request.user, daily=form.cleaned_data["daily"])
    messages.success(request, "Kept. From now on you are told that way.")
    return HttpResponseRedirect(reverse("admin:publishing_notices"), status=303)


def _require_notices(request: HttpRequest) -> Any:
    if not can(request.user, Action.SEE_NOTICES):
        raise PermissionDenied
