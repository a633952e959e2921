"""Why a page is not deleted, where it is used, and what can be done instead."""

from __future__ import annotations

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stemsite.access import Action, can
from stemsite.kept import listed

from ..models import Page
from ..models.page import INSTEAD, uses_of_pages
from ..steps import Verb, is_open


def kept(request: HttpRequest, page: Page) -> HttpResponse:
    uses = uses_of_pages([page.pk])
    context = {
        **site.each_context(request),
        "title": "This page is kept",
        "subtitle": page.title,
        "page": page,
        "used_in": listed(uses) if uses else "",
        "instead": INSTEAD,
        "may_trash": is_open(page, Verb.TRASH) and can(request.user, Action.TRASH, page),
        "may_withdraw": page.is_live and can(request.user, Action.WITHDRAW, page),
    }
    return render(request, "admin/publishing/kept.html", context)
