"""Redirects written by staff: one hop each, whatever was there before (PUB-84, PUB-86)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from stemsite.serving import store

from .models import Page, Redirect


@transaction.atomic
def write(redirect: Redirect, *, by: Any) -> None:
    """Store ``redirect`` with its chains collapsed: it leads where readers end, and so do those that led to it."""
    redirect.clean()
    _point(redirect, redirect.final_target())
    if redirect.pk is None:
        redirect.created_by = by
    redirect.save()
    upstream = Redirect.objects.filter(to_path=redirect.from_path).exclude(pk=redirect.pk)
    store.forget(
        f"path:{redirect.from_path}", *(f"path:{path}" for path in upstream.values_list("from_path", flat=True))
    )
    upstream.update(page=redirect.page, to_path=redirect.to_path)


@transaction.atomic
def remove(redirect: Redirect) -> None:
    redirect.delete()
    store.forget(f"path:{redirect.from_path}")


def _point(redirect: Redirect, target: str | None) -> None:
    """Name the page that stands at ``target``, so that the redirect follows it; the bare address where none does."""
    if target is None:
        return
    page = Page.objects.filter(live_path=target).first()
    if page is not None:
        redirect.page, redirect.to_path = page, ""
    elif redirect.target != target:
        redirect.page, redirect.to_path = None, target
