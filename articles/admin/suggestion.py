from __future__ import annotations

from django.contrib import admin

from articles.models import Suggestion
from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.choices import NamedChoices
from stemsite.guarded import Guarded


@admin.register(Suggestion)
class SuggestionAdmin(Audited, NamedChoices, Guarded, admin.ModelAdmin):
    """What stands first on the page of results, for words that readers search for."""

    view_right = add_right = change_right = delete_right = Action.EDIT_FRAME
    list_display = ("__str__", "page", "is_shown", "changed_at")
    list_select_related = ("page",)
    search_fields = ("words", "page__title")
    ordering = ("words", "pk")
    fields = ("words", "page")
    autocomplete_fields = ("page",)
    actions = None

    @admin.display(description="shown to readers", boolean=True)
    def is_shown(self, suggestion: Suggestion) -> bool:
        return suggestion.page.is_live
