from __future__ import annotations

from django.contrib import admin

from stemsite.access import Action
from stemsite.guarded import Guarded

from ..models import PeriodicRun


@admin.register(PeriodicRun)
class PeriodicRunAdmin(Guarded, admin.ModelAdmin):
    view_right = Action.SEE_JOBS
    list_display = ("name", "due_at", "last_started_at", "last_finished_at", "went_well")
    search_fields = ("name",)
    ordering = ("name",)
    actions = None
    readonly_fields = ("name", "due_at", "last_started_at", "last_finished_at", "last_error")

    @admin.display(description="went well", boolean=True)
    def went_well(self, run: PeriodicRun) -> bool | None:
        return None if run.last_finished_at is None else not run.last_error
