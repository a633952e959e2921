"""How the picture library is narrowed and laid out; all of it stands in the address, so it can be bookmarked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from ..library import repeated, use_counts
from ..models import Picture


class UseFilter(admin.SimpleListFilter):
    title = "use"
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("unused", "Used nowhere"), ("used", "Used"), ("twice", "In the library twice")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Picture]) -> QuerySet[Picture]:
        match self.value():
            case "unused":
                return queryset.exclude(pk__in=use_counts())
            case "used":
                return queryset.filter(pk__in=use_counts())
            case "twice":
                return queryset.filter(current__sha256__in=repeated())
        return queryset


class LayoutFilter(admin.SimpleListFilter):
    """No narrowing: a list by default, pictures side by side on demand."""

    title = "layout"
    parameter_name = "as"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("grid", "Grid")]

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        first, *others = super().choices(changelist)
        yield {**first, "display": "List"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Picture]) -> QuerySet[Picture]:
        return queryset
