"""Topics: what articles are sorted by."""

from __future__ import annotations

from django.contrib import admin

from articles.models import Topic
from stemsite.access import Action
from stemsite.guarded import Guarded


@admin.register(Topic)
class TopicAdmin(Guarded, admin.ModelAdmin):
    view_right = Action.VIEW
    add_right = change_right = Action.CREATE
    list_display = ("name", "slug")
    search_fields = ("name",)
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    actions = None
