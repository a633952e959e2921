from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from stemsite.access import Action
from stemsite.guarded import Guarded

from ..models import PeriodicRun


class WentFilter(admin.SimpleListFilter):
    title = "last time"
    parameter_name = "went"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("badly", "failed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PeriodicRun]) -> QuerySet[PeriodicRun]:
        return queryset.exclude(last_error="") if self.value() == "badly" else queryset


@admin.register(PeriodicRun)
class PeriodicRunAdmin(Guarded, admin.ModelAdmin):
    view_right = Action.SEE_JOBS
    list_display = ("name", "due_at", "last_started_at", "last_finished_at", "went_well")
    list_filter = (WentFilter,)
    search_fields = ("name",)
    show_facets = admin.ShowFacets.NEVER
    ordering = ("name",)
    actions = None
    readonly_fields = ("name", "due_at", "last_started_at", "last_finished_at", "last_error")

    @admin.display(description="went well", boolean=True)
    def went_well(self, run: PeriodicRun) -> bool | None:
        return None if run.last_finished_at is None else not run.last_error
