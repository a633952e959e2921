"""All pages of every family in one list: where the work queue's numbers lead, and where related pages are found."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from stemsite.access import Action
from stemsite.guarded import Guarded

from ..models import Page
from . import columns
from .bulk import Bulk
from .finding_pages import number_in
from .listing import Listed


@admin.register(Page)
class EveryPageAdmin(Bulk, Listed, Guarded, admin.ModelAdmin):
    view_right = Action.VIEW
    list_display = ("title", "family", "states", "keeper", "review_due", "problems", "saved")
    list_filter = (
        *(columns.QueueFilter, columns.WhoseFilter, columns.OverdueFilter),
        *(columns.FamilyFilter, "draft_state", "public_state"),
        columns.TrashFilter,
    )
    list_select_related = ("keeper",)
    search_fields = ("title", "slug")
    ordering = ("-saved_at", "-pk")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    states = columns.states
    review_due = columns.review_due
    problems = columns.problems
    saved = columns.saved

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if number_in(object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("admin:publishing_page", args=[object_id]))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if number_in(object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("admin:publishing_history", args=[object_id]))
