"""What every screen of the leads has in common: who may see it, what stands around it, what is written down."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from stemsite.access import Action, can

View = Callable[..., HttpResponse]


def for_leads(right: Action = Action.SEE_LEADS) -> Callable[[View], View]:
    """A screen that only those with ``right`` open; asked before anything is looked for (LEAD-112).

    So who lacks it gets the same answer for a person who is there and for one who is not.
    """

    def guard(view: View) -> View:
        @wraps(view)
        @sensitive_post_parameters()
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not can(request.user, right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard


def screen(request: HttpRequest, template: str, *, title: str, status: int = 200, **context: Any) -> HttpResponse:
    around = {
        **admin.site.each_context(request),
        "title": title,
        "may_export": can(request.user, Action.EXPORT_LEADS),
        "may_erase": can(request.user, Action.ERASE_LEADS),
        "may_import": can(request.user, Action.IMPORT_LEADS),
    }
    request.current_app = admin.site.name
    return render(request, f"admin/leads/{template}", {**around, **context}, status=status)


def see_other(name: str, *args: Any, query: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"admin:{name}", args=args) + query, status=303)


def row_number(text: str | None) -> int | None:
    """A row's number from an address, or none where it is no number a row can have."""
    if text and text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    return None
