"""The log of incidents: written by the owner, never deleted, its clock in every line (LEAD-118)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from leads.models import Incident
from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded


@admin.register(Incident)
class IncidentAdmin(Audited, Guarded, admin.ModelAdmin):
    view_right = add_right = change_right = Action.ERASE_LEADS
    list_display = ("__str__", "number", "clock")
    ordering = ("-discovered_on", "-pk")
    fields = ("discovered_on", "happened_on", "what", "who", "number", "told_on", "no_need")
    show_facets = admin.ShowFacets.NEVER
    actions = None

    @admin.display(description="sixty days")
    def clock(self, incident: Incident) -> str:
        return incident.clock

    def save_model(self, request: HttpRequest, obj: Incident, form: Any, change: bool) -> None:
        if not change:
            obj.entered_by = request.user
        super().save_model(request, obj, form, change)
