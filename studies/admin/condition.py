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
from ..models import Condition
from .moved import Printed, listed_drift


@admin.register(Condition)
class ConditionAdmin(Printed, Audited, KeptAdmin, Guarded, admin.ModelAdmin):
    printed_as = Use.Kind.CONDITION
    view_right = Action.SEE_LIBRARY
    add_right = change_right = delete_right = Action.EDIT_TERMS
    list_display = ("name", "short_name", "specialist", "live_pages")
    search_fields = ("name", "short_name", "other_names", "codes")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    readonly_fields = ("used_in", "described_elsewhere")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Condition]:
        return super().get_queryset(request).annotate(live_count=live_count(Use.Kind.CONDITION))

    @admin.display(description="live pages", ordering="live_count")
    def live_pages(self, condition: Condition) -> int:
        return condition.live_count

    @admin.display(description="live pages that describe it otherwise")
    def described_elsewhere(self, condition: Condition) -> Any:
        return listed_drift(drift(Use.Kind.CONDITION, [condition.pk]) if condition.pk else [])
