"""Erasing a page from the trash before its time: the owner's, with a reason (PUB-108)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from stemsite.access import Action, can

from .. import trash
from ..gate import Refused
from ..models import Page
from .finding_pages import page_for
from .step_form import text_field


class Purge(forms.Form):
    reason = text_field("Why is it erased?", "For the audit log. Name nobody here.", rows=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="purge", use_required_attribute=False, **kwargs)


def may_purge(page: Page, user: Any) -> bool:
    return page.is_trashed and page.first_published_at is None and can(user, Action.PURGE, page)


@require_POST
def purge(request: HttpRequest, pk: int) -> HttpResponse:
    page = page_for(request, pk)
    if not can(request.user, Action.PURGE, page):
        raise PermissionDenied
    form = Purge(request.POST)
    try:
        if not form.is_valid():
            raise Refused("Say why it is erased. Nothing was changed.")
        trash.erase(page, by=request.user, reason=form.cleaned_data["reason"])
    except Refused as refused:
        messages.warning(request, str(refused))
        return HttpResponseRedirect(reverse("admin:publishing_page", args=[pk]), status=303)
    messages.success(request, f"“{page}” is erased. The audit log keeps that it was here.")
    return HttpResponseRedirect(f"{reverse('admin:publishing_page_changelist')}?trash=yes", status=303)
