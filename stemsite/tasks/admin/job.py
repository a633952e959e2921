from __future__ import annotations

from django.contrib import admin

from stemsite.access import Action
from stemsite.guarded import Guarded

from ..models import Job
from .retrying import Retrying


@admin.register(Job)
class JobAdmin(Retrying, Guarded, admin.ModelAdmin):
    view_right = retry_right = Action.SEE_JOBS
    list_display = ("task", "lane", "state", "attempts", "due_at", "finished_at", "worker")
    list_filter = ("state", "lane")
    search_fields = ("task",)
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    show_full_result_count = False
    fields = (
        "task", "lane", "state", "args", "kwargs", "result", "priority", "queued_at", "due_at", "started_at",
        "finished_at", "attempts", "max_attempts", "worker", "last_error",
    )  # fmt: skip
    readonly_fields = fields
