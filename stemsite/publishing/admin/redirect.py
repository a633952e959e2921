from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.choices import NamedChoices
from stemsite.guarded import Guarded

from ..models import Page, Redirect
from ..redirecting import remove, write


class Idle(admin.SimpleListFilter):
    title = "target"
    parameter_name = "target"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("idle", "Leads to a page that is not live")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() != "idle":
            return queryset
        return queryset.filter(page__isnull=False).exclude(page__public_state=Page.PublicState.LIVE)


@admin.register(Redirect)
class RedirectAdmin(Audited, NamedChoices, Guarded, admin.ModelAdmin):
    """Old addresses. Publishing a new slug writes them by itself; here staff add and mend others."""

    view_right = add_right = change_right = delete_right = Action.EDIT_REDIRECTS
    list_display = ("from_path", "leads_to", "target_state", "created_at", "created_by")
    list_filter = (Idle,)
    list_select_related = ("page", "created_by")
    search_fields = ("from_path", "to_path", "page__title")
    show_facets = admin.ShowFacets.NEVER
    ordering = ("from_path",)
    fields = ("from_path", "page", "to_path")
    autocomplete_fields = ("page",)
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Redirect, form: Any, change: bool) -> None:
        wanted = obj.target
        write(obj, by=request.user)
        if obj.target != wanted:
            self.message_user(request, f"{wanted} leads on to {obj.target}; the redirect now goes there in one step.")

    def delete_model(self, request: HttpRequest, obj: Redirect) -> None:
        remove(obj)

    @admin.display(description="leads to", ordering="to_path")
    def leads_to(self, redirect: Redirect) -> str:
        return redirect.target or "nowhere: the page was never public"

    @admin.display(description="target is", ordering="page__public_state")
    def target_state(self, redirect: Redirect) -> str:
        return redirect.page.get_public_state_display() if redirect.page else "an address"
