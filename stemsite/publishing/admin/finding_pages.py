"""A page or version for a staff screen, once ``can`` has said that this person may."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from stemsite.access import Action, can

from ..families import family_of, specific
from ..gate import Finding
from ..models import Page, Version


def number_in(text: str) -> int | None:
    """An id typed into an address; none for what no database could hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def page_for(request: HttpRequest, pk: int, right: Action = Action.VIEW) -> Page:
    """The page as an instance of its own model."""
    page = specific(get_object_or_404(Page, pk=pk))
    if not can(request.user, right, page) or (right == Action.EDIT and page.is_trashed):
        raise PermissionDenied
    return page


def version_for(request: HttpRequest, pk: int, right: Action = Action.VIEW) -> tuple[Page, Version]:
    version = get_object_or_404(Version.objects.prefetch_related("sign_offs"), pk=pk)
    return page_for(request, version.page_id, right), version


def change_url(page: Page) -> str:
    meta = family_of(page).model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[page.pk])


def place_of(page: Page, finding: Finding) -> str:
    """Where ``finding`` is mended: an address of its own, or the field or section on the page's form."""
    from django.contrib.admin import site

    if finding.url:
        return finding.url
    place = site.get_model_admin(family_of(page).model).place_of(page, finding.field)
    return f"{change_url(page)}#{place}" if place else change_url(page)
