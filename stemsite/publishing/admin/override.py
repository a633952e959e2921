from __future__ import annotations

import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded

from ..models import Override


class Standing(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "In force"), ("soon", "Ends within 14 days"), ("over", "Ended or taken back")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        standing = queryset.model.objects.standing().values("pk")
        soon = timezone.localdate() + datetime.timedelta(days=14)
        return {
            "open": lambda: queryset.filter(pk__in=standing),
            "soon": lambda: queryset.filter(pk__in=standing, expires_on__lte=soon),
            "over": lambda: queryset.exclude(pk__in=standing),
        }.get(self.value() or "", lambda: queryset)()


@admin.register(Override)
class OverrideAdmin(Audited, Guarded, admin.ModelAdmin):
    """What was let stand: by age, rule and person. It is given and taken back on the page's own screen."""

    view_right = Action.SEE_LIBRARY
    list_display = (
        "sentence_short",
        "rule",
        "on_page",
        "created_by",
        "permission",
        "created_on",
        "expires_on",
        "state",
    )
    list_filter = (Standing, "rule", "permission", "created_by")
    list_select_related = ("page", "created_by", "revoked_by")
    search_fields = ("sentence", "reason", "page__title")
    ordering = ("created_at", "pk")
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    fields = (
        *("on_page", "rule", "pattern", "sentence", "permission", "kind", "reason", "lexicon_version"),
        *("created_at", "created_by", "expires_on", "revoked_at", "revoked_by"),
    )
    readonly_fields = ("on_page",)

    @admin.display(description="sentence")
    def sentence_short(self, override: Override) -> str:
        return override.sentence if len(override.sentence) <= 90 else f"{override.sentence[:89]}…"

    @admin.display(description="page", ordering="page__title")
    def on_page(self, override: Override) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:publishing_page", args=[override.page_id]), override.page.title
        )

    @admin.display(description="state")
    def state(self, override: Override) -> str:
        if override.revoked_at:
            return f"taken back by {override.revoked_by}"
        return "in force" if override.is_in_force else "ended"
