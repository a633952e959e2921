"""Staff screens that every kind of page shares."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from ..families import family_of
from ..models import Page, Version


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The change form of a page, whatever its family: the address that letters carry."""
    found = get_object_or_404(Page, pk=pk)
    meta = family_of(found).model._meta
    return redirect(reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[pk]))


def diff(request: HttpRequest, older: int, newer: int) -> HttpResponse:
    """What changed between two versions of one page."""
    version = get_object_or_404(Version, pk=newer)
    return redirect("admin:publishing_page", pk=version.page_id)
