from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded
from stemsite.kept import KeptAdmin
from stemsite.publishing.models import Use
from stemsite.publishing.usage import live_count

from ..drift import drift
from ..models import Intervention
from .moved import Printed, listed_drift


@admin.register(Intervention)
class InterventionAdmin(Printed, Audited, KeptAdmin, Guarded, admin.ModelAdmin):
    """Treatments. A new regulatory status is printed by pages as they are saved and published anew."""

    printed_as = Use.Kind.INTERVENTION
    view_right = Action.SEE_LIBRARY
    add_right = change_right = delete_right = Action.EDIT_TERMS
    list_display = ("name", "status", "status_note", "live_pages")
    list_filter = ("status",)
    search_fields = ("name", "description")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    readonly_fields = ("used_in", "older_marks")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Intervention]:
        return super().get_queryset(request).annotate(live_count=live_count(Use.Kind.INTERVENTION))

    @admin.display(description="live pages", ordering="live_count")
    def live_pages(self, intervention: Intervention) -> int:
        return intervention.live_count

    @admin.display(description="pages with an older status")
    def older_marks(self, intervention: Intervention) -> Any:
        return listed_drift(drift(Use.Kind.INTERVENTION, [intervention.pk]) if intervention.pk else [])
