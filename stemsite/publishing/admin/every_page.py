"""All pages of every family in one list: where the numbers of the work queue lead, and where related pages are found."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from stemsite.access import Action
from stemsite.guarded import Guarded

from ..models import Page
from . import columns


@admin.register(Page)
class EveryPageAdmin(Guarded, admin.ModelAdmin):
    view_right = Action.VIEW
    list_display = ("title", "family", "states", "keeper", "review_due", "saved")
    list_filter = (columns.QueueFilter, columns.WhoseFilter, "family", "draft_state", "public_state")
    list_select_related = ("keeper",)
    search_fields = ("title", "slug")
    ordering = ("-saved_at", "-pk")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None

    states = columns.states
    review_due = columns.review_due
    saved = columns.saved

    def get_queryset(self, request: HttpRequest) -> QuerySet[Page]:
        pages = super().get_queryset(request)
        if "field_name" in request.GET:
            # Whoever chooses a page for another form chooses among what is public as well.
            return pages.visible_to(request.user) | pages.filter(public_state=Page.PublicState.LIVE)
        return columns.for_lists(pages, request.user)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (object_id.isascii() and object_id.isdigit()):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("admin:publishing_page", args=[object_id]))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not (object_id.isascii() and object_id.isdigit()):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("admin:publishing_history", args=[object_id]))
