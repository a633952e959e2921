from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from stemsite.access import Action
from stemsite.guarded import Guarded

from ..models import AuditEvent
from ..reading import events_for


@admin.register(AuditEvent)
class AuditEventAdmin(Guarded, admin.ModelAdmin):
    """Read only, for everybody; each role finds its part."""

    view_right = Action.READ_AUDIT
    list_display = ("number", "at", "actor", "verb", "object_label", "note")
    list_display_links = ("number",)
    list_filter = ("at",)
    search_fields = ("actor", "verb", "object_label", "note")
    ordering = ("-number",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None
    fields = ("number", "at", "actor", "verb", "object_type", "object_id", "object_label", "note", "details", "hash")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        return events_for(request.user)

    @admin.display(description="details")
    def details(self, event: AuditEvent) -> Any:
        return format_html("<pre>{}</pre>", json.dumps(event.detail, indent=2, ensure_ascii=False, sort_keys=True))
