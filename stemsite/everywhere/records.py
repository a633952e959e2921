"""Records of the library by name or number, each list asked as its own search box asks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import site
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from stemsite.uses import Kept

MOST_OF_A_KIND = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    kind: str
    name: str
    url: str


def records(request: HttpRequest, words: list[str]) -> Iterator[FoundRecord]:
    """What pages use by reference, for those who may see it; never people who asked."""
    for model, admin in sorted(site._registry.items(), key=lambda pair: str(pair[0]._meta.verbose_name)):
        if issubclass(model, Kept) and admin.search_fields and admin.has_view_permission(request):
            yield from _of_kind(request, admin, words)


def _of_kind(request: HttpRequest, admin: Any, words: list[str]) -> Iterator[FoundRecord]:
    meta = admin.model._meta
    rows, _ = admin.get_search_results(request, admin.get_queryset(request).order_by("pk"), " ".join(words))
    for row in rows.distinct()[:MOST_OF_A_KIND]:
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
        yield FoundRecord(kind=capfirst(str(meta.verbose_name)), name=str(row), url=url)
