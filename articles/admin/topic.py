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

from ..listing import save_topic
from ..models import Topic


@admin.register(Topic)
class TopicAdmin(Audited, KeptAdmin, Guarded, admin.ModelAdmin):
    view_right = Action.SEE_LIBRARY
    add_right = change_right = delete_right = Action.EDIT_TERMS
    list_display = ("name", "slug", "live_pages")
    search_fields = ("name",)
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    readonly_fields = ("used_in",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        return super().get_queryset(request).annotate(live_count=live_count(Use.Kind.TOPIC))

    def save_model(self, request: HttpRequest, obj: Topic, form: Any, change: bool) -> None:
        save_topic(obj)

    @admin.display(description="live pages", ordering="live_count")
    def live_pages(self, topic: Topic) -> int:
        return topic.live_count
