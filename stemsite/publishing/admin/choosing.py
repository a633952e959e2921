"""Pages of every family, registered so that other forms can choose one; each is edited with its own family's form."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from stemsite.access import Action
from stemsite.guarded import Guarded

from ..models import Page


@admin.register(Page)
class AnyPageAdmin(Guarded, admin.ModelAdmin):
    view_right = Action.VIEW
    search_fields = ("title", "live_path")
    ordering = ("title",)
    list_display = ("title", "live_path", "state_in_words")
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        """Those who may not see every draft choose among live pages and their own."""
        live = Page.objects.filter(public_state=Page.PublicState.LIVE)
        return (Page.objects.visible_to(request.user) | live).order_by("title")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """It is not a list of its own: articles and studies have theirs."""
        return False

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        return HttpResponseRedirect(reverse("admin:publishing_page", args=[object_id]))
