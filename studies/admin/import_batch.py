from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded

from ..models import ImportBatch
from .imports import batch_screen, new_import


@admin.register(ImportBatch)
class ImportBatchAdmin(Audited, Guarded, admin.ModelAdmin):
    """The list of imports; adding and looking are screens of their own."""

    view_right = Action.SEE_LIBRARY
    add_right = Action.ADD_TO_LIBRARY
    list_display = ("name", "kind", "format", "state", "found", "uploaded_at", "uploaded_by")
    list_filter = ("state", "kind")
    list_select_related = ("uploaded_by",)
    search_fields = ("name", "sha256")
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportBatch]:
        return super().get_queryset(request).defer("data")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return new_import(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        number = unquote(object_id)
        if not (number.isascii() and number.isdigit() and len(number) < 17):
            raise Http404
        return batch_screen(request, int(number))
